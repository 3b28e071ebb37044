"""How rows are shown: Amilia's models, each made from a row and what it refers to."""
