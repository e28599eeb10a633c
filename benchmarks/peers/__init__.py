"""The same table behind a plain Django admin page and a plain Django REST framework page."""
