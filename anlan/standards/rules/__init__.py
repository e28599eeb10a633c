"""What a pack may say, how its editions follow each other, how words find a criterion: without a database."""
