package main

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// blockMacros are the macros that exist for the conformance tests of block_ext alone: they let a
// text say what otherwise only an optimizer makes.
func blockMacros() cel.EnvOption {
	return cel.Macros(
		cel.ReceiverMacro("block", 2, block),
		cel.ReceiverMacro("index", 1, numbered("@index%d")),
		cel.ReceiverMacro("iterVar", 2, numbered("@it:%d:%d")),
		cel.ReceiverMacro("accuVar", 2, numbered("@ac:%d:%d")),
	)
}

func block(factory cel.MacroExprFactory, target ast.Expr, arguments []ast.Expr) (ast.Expr, *cel.Error) {
	if !isCel(target) {
		return nil, nil
	}
	if arguments[0].Kind() != ast.ListKind {
		return nil, factory.NewError(arguments[0].ID(), "cel.block needs a list")
	}
	return factory.NewCall("cel.@block", arguments...), nil
}

// numbered makes the name of a variable out of natural numbers.
func numbered(format string) cel.MacroFactory {
	return func(factory cel.MacroExprFactory, target ast.Expr, arguments []ast.Expr) (ast.Expr, *cel.Error) {
		if !isCel(target) {
			return nil, nil
		}
		numbers := []any{}
		for _, argument := range arguments {
			if argument.Kind() != ast.LiteralKind {
				return nil, factory.NewError(argument.ID(), "a natural number is needed")
			}
			number, isInt := argument.AsLiteral().(types.Int)
			if !isInt || number < 0 {
				return nil, factory.NewError(argument.ID(), "a natural number is needed")
			}
			numbers = append(numbers, int64(number))
		}
		return factory.NewIdent(fmt.Sprintf(format, numbers...)), nil
	}
}

func isCel(target ast.Expr) bool {
	return target.Kind() == ast.IdentKind && target.AsIdent() == "cel"
}
