//! Painless: lexer, parser, static checks, interpreter.
