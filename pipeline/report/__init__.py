"""Reports in Chinese and English from the result tables: facts, words, figures, pages.

facts → sections (blocks of text, tables, figures) → HTML, PDF and Excel. No number is typed here: each
comes from a table or from params.yaml, and a message that asks for one it does not get stops the stage.
"""
