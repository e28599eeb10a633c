"""The compiler: a Chinese key-points document becomes data. Pure, deterministic, no network, no ORM."""

from anlan.programmes.compiler.document import CompiledDocument
from anlan.programmes.compiler.errors import CompileError
from anlan.programmes.compiler.gazetteer import Gazetteer, load_gazetteer
from anlan.programmes.compiler.pipeline import compile

__all__ = ["CompileError", "CompiledDocument", "Gazetteer", "compile", "load_gazetteer"]
