# Two commands are enough: `make run` and `make test`. Everything they need goes into .venv, node_modules and var.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
HOST ?= 127.0.0.1
PORT ?= 8000
# The demonstration stands in the middle of its year.
TODAY ?= 2023-07-05
ENV := .venv/bin

.DEFAULT_GOAL := run
.PHONY: run test lint bench fresh lock setup setup-dev help

help:
	@echo "make run    安装所需部件并启动，地址 http://$(HOST):$(PORT)（演示数据；Ctrl-C 停止）"
	@echo "make test   安装检查工具，运行全部检查和测试"
	@echo "make lint   只做静态检查（格式、类型、依赖方向）"
	@echo "make bench  运行性能测量"
	@echo "make fresh  另取一份全新的源码，依次运行上面两条命令并报告用时"
	@echo "make lock   重新锁定软件包版本"

run: setup
	@exec $(ENV)/anlan up --demo --today $(TODAY) --host $(HOST) --port $(PORT)

setup:
	@$(PYTHON) tools/setup.py run

setup-dev:
	@$(PYTHON) tools/setup.py test

test: setup-dev
	@exec $(ENV)/python tools/check.py all $(ARGS)

lint: setup-dev
	@exec $(ENV)/python tools/check.py lint

bench: setup-dev
	@exec $(ENV)/python -m benchmarks $(ARGS)

fresh:
	@exec tools/fresh.sh

lock: setup-dev
	@exec $(ENV)/python tools/lock.py
