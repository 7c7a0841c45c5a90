package main

import (
	"context"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/ext"
	proto2pb "cel.dev/expr/conformance/proto2"
	proto3pb "cel.dev/expr/conformance/proto3"
	testpb "cel.dev/expr/conformance/test"
)

// timeMax is how long an evaluation may take; it is broken off at the next loop of a macro.
const timeMax = time.Second

// graceTime is how much later an evaluation that cannot be broken off is left to itself.
const graceTime = time.Second

// costMax ends evaluations that would make much of little.
const costMax = 10_000_000

// answerInTime evaluates a case and answers even if the evaluation panics or does not end.
func answerInTime(test *testpb.SimpleTest) answer {
	answers := make(chan answer, 1)
	go func() {
		defer func() {
			if fault := recover(); fault != nil {
				answers <- failure("panic: %v", fault)
			}
		}()
		answers <- evaluate(test)
	}()
	select {
	case answer := <-answers:
		return answer
	case <-time.After(timeMax + graceTime):
		return failure("no answer in time")
	}
}

// evaluate parses and evaluates without a check of types, so that every variable is dyn and none
// need be declared.
func evaluate(test *testpb.SimpleTest) answer {
	env, err := environment(test)
	if err != nil {
		return failure("environment: %v", err)
	}
	parsed, issues := env.Parse(test.GetExpr())
	if issues.Err() != nil {
		refused := failure("%v", issues.Err())
		refused.Parse = true
		return refused
	}
	program, err := env.Program(parsed, cel.CostLimit(costMax), cel.InterruptCheckFrequency(100))
	if err != nil {
		return failure("program: %v", err)
	}
	bindings := map[string]any{}
	for name, binding := range test.GetBindings() {
		value, err := cel.ProtoAsValue(env.CELTypeAdapter(), binding.GetValue())
		if err != nil {
			return failure("binding %s: %v", name, err)
		}
		bindings[name] = value
	}
	limited, cancel := context.WithTimeout(context.Background(), timeMax)
	defer cancel()
	result, _, err := program.ContextEval(limited, bindings)
	if err != nil {
		return failure("%v", err)
	}
	return expressed(result)
}

func expressed(result ref.Val) answer {
	if types.IsUnknownOrError(result) {
		return failure("%v", result)
	}
	if holdsOptional(result) {
		return answer{Error: "an optional value", Inexpressible: true}
	}
	value, err := cel.ValueAsProto(result)
	if err != nil {
		return answer{Error: err.Error(), Inexpressible: true}
	}
	return success(value)
}

// holdsOptional finds optional values, which the conversion would silently replace by what is in
// them.
func holdsOptional(value ref.Val) bool {
	switch value := value.(type) {
	case *types.Optional:
		return true
	case traits.Mapper:
		for keys := value.Iterator(); keys.HasNext() == types.True; {
			if holdsOptional(value.Get(keys.Next())) {
				return true
			}
		}
	case traits.Lister:
		for items := value.Iterator(); items.HasNext() == types.True; {
			if holdsOptional(items.Next()) {
				return true
			}
		}
	}
	return false
}

// environment is the language with all extensions. Identifiers may be quoted.
func environment(test *testpb.SimpleTest) (*cel.Env, error) {
	options := []cel.EnvOption{
		cel.OptionalTypes(),
		cel.CrossTypeNumericComparisons(true),
		cel.EnableIdentifierEscapeSyntax(),
		cel.Types(&proto2pb.TestAllTypes{}, &proto3pb.TestAllTypes{}),
		ext.Bindings(),
		ext.Encoders(),
		ext.Lists(),
		ext.Math(),
		ext.Network(),
		ext.Protos(),
		ext.Regex(),
		ext.Sets(),
		ext.Strings(),
		ext.TwoVarComprehensions(),
		blockMacros(),
	}
	if name := test.GetContainer(); name != "" {
		options = append(options, cel.Container(name))
	}
	if test.GetDisableMacros() {
		options = append(options, cel.ClearMacros())
	}
	return cel.NewEnv(options...)
}
