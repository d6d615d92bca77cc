//! Functions and statements.

use super::{Parsed, Parser};
use crate::engine::painless::ast::{
    Block, Body, Branch, Catch, Function, Source, Stmt, StmtKind, Variable,
};
use crate::engine::painless::token::Kind;

impl Parser<'_> {
    pub(super) fn source(&mut self) -> Parsed<Source> {
        let at = self.start();
        let mut functions = Vec::new();
        while self.at_function() {
            functions.push(self.function()?);
        }
        let mut body = Vec::new();
        while self.kind(0) != Kind::End {
            if !body.is_empty() && !self.starts_statement() {
                return Err(self.expected("<EOF>"));
            }
            body.push(self.statement()?);
        }
        Ok(Source {
            at,
            functions,
            body,
        })
    }

    /// Whether a statement may start with the token.
    fn starts_statement(&self) -> bool {
        const WORDS: [&str; 14] = [
            "if", "while", "do", "for", "continue", "break", "return", "new", "try", "throw",
            "true", "false", "null", "def",
        ];
        const SYMBOLS: [&str; 8] = ["(", "[", "!", "~", "+", "-", "++", "--"];
        match self.kind(0) {
            Kind::Keyword => WORDS.iter().any(|word| self.is(word)),
            Kind::Symbol => SYMBOLS.iter().any(|symbol| self.is(symbol)),
            _ => true,
        }
    }

    fn at_function(&self) -> bool {
        let length = self.type_length(0);
        length > 0 && self.kind(length) == Kind::Name && self.peek(length + 1).is("(")
    }

    fn function(&mut self) -> Parsed<Function> {
        let at = self.start();
        let result = self.type_name()?;
        let name = self.name()?;
        self.expect("(")?;
        let mut parameters = Vec::new();
        while !self.is(")") {
            if !parameters.is_empty() {
                self.expect(",")?;
            }
            let class = self.type_name()?;
            parameters.push((class, self.name()?));
        }
        self.expect(")")?;
        let body = self.block()?.map_or_else(Vec::new, |body| body.statements);
        Ok(Function {
            at,
            result,
            name,
            parameters,
            body,
        })
    }

    /// Statements in braces; `None` if there are none.
    pub(super) fn block(&mut self) -> Parsed<Block> {
        let at = self.start();
        self.expect("{")?;
        let mut statements = Vec::new();
        while !self.is("}") {
            statements.push(self.nested(|parser| parser.statement_in(true))?);
        }
        self.expect("}")?;
        Ok((!statements.is_empty()).then_some(Body { at, statements }))
    }

    fn statement(&mut self) -> Parsed<Stmt> {
        self.nested(|parser| parser.statement_in(false))
    }

    /// A statement; the last one directly in a block needs no semicolon.
    fn statement_in(&mut self, block: bool) -> Parsed<Stmt> {
        let at = self.start();
        let first = self.at;
        let kind = if self.is("if") {
            self.if_statement()?
        } else if self.accept("while") {
            let condition = self.condition()?;
            StmtKind::While(condition, self.trailer_or_empty()?)
        } else if self.accept("for") {
            self.for_statement()?
        } else if self.accept("try") {
            self.try_statement()?
        } else {
            let kind = self.simple_statement()?;
            if block && self.is("}") || self.kind(0) == Kind::End {
                return Ok(Stmt { at, kind });
            }
            if !self.accept(";") {
                return Err(if self.is_open(first, &kind) {
                    self.no_viable()
                } else {
                    self.expected("{<EOF>, ';'}")
                });
            }
            kind
        };
        Ok(Stmt { at, kind })
    }

    /// Whether what was read since token `first` could still have become another
    /// kind of statement, or a function at the start of a script.
    fn is_open(&self, first: usize, kind: &StmtKind) -> bool {
        let named = self
            .tokens
            .get(first)
            .is_some_and(|token| token.kind == Kind::Name);
        let declared = matches!(kind, StmtKind::Declare(..));
        named && self.at == first + 1 || declared && first == 0 && self.at == 2
    }

    fn simple_statement(&mut self) -> Parsed<StmtKind> {
        if self.accept("do") {
            let body = self.block()?;
            self.expect("while")?;
            return Ok(StmtKind::DoWhile(body, self.condition()?));
        }
        if self.accept("continue") {
            return Ok(StmtKind::Continue);
        }
        if self.accept("break") {
            return Ok(StmtKind::Break);
        }
        if self.accept("return") {
            let ends = self.is(";") || self.is("}") || self.kind(0) == Kind::End;
            if ends {
                return Ok(StmtKind::Return(None));
            }
            if self.token().kind == Kind::Keyword && self.is("return") {
                return Err(self.expected("{<EOF>, ';'}"));
            }
            return Ok(StmtKind::Return(Some(self.expression()?)));
        }
        if self.accept("throw") {
            return Ok(StmtKind::Throw(self.expression()?));
        }
        if self.at_declaration() {
            return self.declaration();
        }
        Ok(StmtKind::Expression(self.expression()?))
    }

    /// Whether a type and a name follow: a declaration.
    fn at_declaration(&self) -> bool {
        let length = self.type_length(0);
        if length == 0 {
            return false;
        }
        // nothing else starts with a primitive type
        let primitive = self.kind(0) == Kind::Primitive || self.is("def");
        primitive || self.kind(length) == Kind::Name
    }

    fn declaration(&mut self) -> Parsed<StmtKind> {
        let class = self.type_name()?;
        let mut variables = Vec::new();
        loop {
            let at = self.start();
            if self.kind(0) != Kind::Name && variables.is_empty() {
                return Err(self.no_viable());
            }
            let name = self.name()?;
            let value = if self.accept("=") {
                Some(self.expression()?)
            } else {
                None
            };
            variables.push(Variable { at, name, value });
            if !self.accept(",") {
                return Ok(StmtKind::Declare(class, variables));
            }
        }
    }

    fn condition(&mut self) -> Parsed<crate::engine::painless::ast::Expr> {
        self.expect("(")?;
        let condition = self.expression()?;
        self.expect(")")?;
        Ok(condition)
    }

    /// A block or a single statement.
    fn trailer(&mut self) -> Parsed<Block> {
        if self.is("{") {
            return self.block();
        }
        let statement = self.statement()?;
        Ok(Some(Body {
            at: statement.at,
            statements: vec![statement],
        }))
    }

    fn trailer_or_empty(&mut self) -> Parsed<Block> {
        if self.accept(";") {
            return Ok(None);
        }
        self.trailer()
    }

    /// An `if` with all its `else if`, however many these are.
    fn if_statement(&mut self) -> Parsed<StmtKind> {
        let mut branches = Vec::new();
        loop {
            let at = self.start();
            self.expect("if")?;
            let condition = self.condition()?;
            let body = self.trailer()?;
            branches.push(Branch {
                at,
                condition,
                body,
            });
            if !self.accept("else") {
                return Ok(StmtKind::If(branches, None));
            }
            if !self.is("if") {
                return Ok(StmtKind::If(branches, Some(self.trailer()?)));
            }
        }
    }

    fn for_statement(&mut self) -> Parsed<StmtKind> {
        self.expect("(")?;
        let length = self.type_length(0);
        if length > 0 && self.kind(length) == Kind::Name && self.peek(length + 1).is(":") {
            let class = self.type_name()?;
            return self.each(class, ":");
        }
        if self.kind(0) == Kind::Name && self.peek(1).is("in") {
            return self.each("def".to_owned(), "in");
        }
        let first = if self.is(";") {
            None
        } else {
            let at = self.start();
            let kind = if self.at_declaration() {
                self.declaration()?
            } else {
                StmtKind::Expression(self.expression()?)
            };
            Some(Box::new(Stmt { at, kind }))
        };
        self.expect(";")?;
        let condition = if self.is(";") {
            None
        } else {
            Some(self.expression()?)
        };
        self.expect(";")?;
        let after = if self.is(")") {
            None
        } else {
            Some(self.expression()?)
        };
        self.expect(")")?;
        Ok(StmtKind::For {
            first,
            condition,
            after,
            body: self.trailer_or_empty()?,
        })
    }

    fn each(&mut self, class: String, separator: &str) -> Parsed<StmtKind> {
        let name = self.name()?;
        self.expect(separator)?;
        let over = self.expression()?;
        self.expect(")")?;
        Ok(StmtKind::Each {
            class,
            name,
            over,
            body: self.trailer()?,
        })
    }

    fn try_statement(&mut self) -> Parsed<StmtKind> {
        let body = self.block()?;
        let mut catches = Vec::new();
        loop {
            let at = self.start();
            if !self.accept("catch") {
                if catches.is_empty() {
                    return Err(self.expected("'catch'"));
                }
                return Ok(StmtKind::Try(body, catches));
            }
            self.expect("(")?;
            let class = self.plain_type_name()?;
            let name = self.name()?;
            self.expect(")")?;
            catches.push(Catch {
                at,
                class,
                name,
                body: self.block()?,
            });
        }
    }
}
