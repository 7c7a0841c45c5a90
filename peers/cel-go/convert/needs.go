package main

import (
	"regexp"
	"strings"

	celpb "cel.dev/expr"
	testpb "cel.dev/expr/conformance/test"
)

// messageName finds in an expression what only protobuf can answer: a message built in place, and
// the name of a message, of an enumeration or of an extension. The names
// google.protobuf.Timestamp and google.protobuf.Duration, with no braces behind them, are the
// types of CEL's own timestamps and durations.
var messageName = regexp.MustCompile(
	`\bcel\.expr\.conformance\.|\bNestedTestAllTypes\b|\bTestAllTypes\b` +
		`|\bgoogle\.protobuf\.(\w+\s*\{|Any\b|Struct\b|Value\b|ListValue\b|NullValue\b|Empty\b|FieldMask\b|\w+Value\b)`)

// needsProtobuf says whether the expression of a case, its bindings or its result use messages of
// protobuf. A container that is a package of messages counts as such a use.
func needsProtobuf(test *testpb.SimpleTest) bool {
	if isPackage(test.GetContainer()) || messageName.MatchString(test.GetExpr()) {
		return true
	}
	for _, binding := range test.GetBindings() {
		if holdsMessage(binding.GetValue()) {
			return true
		}
	}
	return holdsMessage(test.GetValue())
}

func isPackage(container string) bool {
	return strings.HasPrefix(container, "cel.expr.") || strings.HasPrefix(container, "google.")
}

// holdsMessage says whether a value is or has within it a message that is no value of CEL itself.
func holdsMessage(value *celpb.Value) bool {
	if message := value.GetObjectValue(); message != nil {
		switch message.MessageName() {
		case "google.protobuf.Timestamp", "google.protobuf.Duration":
			return false
		}
		return true
	}
	for _, item := range value.GetListValue().GetValues() {
		if holdsMessage(item) {
			return true
		}
	}
	for _, entry := range value.GetMapValue().GetEntries() {
		if holdsMessage(entry.GetKey()) || holdsMessage(entry.GetValue()) {
			return true
		}
	}
	return false
}
