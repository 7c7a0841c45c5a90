// Command evaluate answers expressions of the Common Expression Language with cel-go.
//
// Each line of standard input is a case in the JSON form of the conformance tests, of which it
// reads expr, bindings, container and disableMacros. Each line of standard output answers one:
// {"value": …}, the protobuf JSON form of cel.expr.Value, or {"error": "text"}, to which
// "parse": true is added where the text is no expression. A value that cel.expr.Value cannot say,
// such as an optional one, is {"error": "text", "inexpressible": true}.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"sort"

	celpb "cel.dev/expr"
	testpb "cel.dev/expr/conformance/test"
	"google.golang.org/protobuf/encoding/protojson"
)

// answer is one line of output.
type answer struct {
	Value         json.RawMessage `json:"value,omitempty"`
	Error         string          `json:"error,omitempty"`
	Parse         bool            `json:"parse,omitempty"`
	Inexpressible bool            `json:"inexpressible,omitempty"`
}

func main() {
	if err := answerLines(); err != nil {
		fmt.Fprintln(os.Stderr, "evaluate:", err)
		os.Exit(1)
	}
}

func answerLines() error {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for lines.Scan() {
		if err := encoder.Encode(answerLine(lines.Bytes())); err != nil {
			return err
		}
		// Who waits for the answer before the next question gets it.
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return lines.Err()
}

func answerLine(line []byte) answer {
	test := &testpb.SimpleTest{}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(line, test); err != nil {
		return failure("unreadable line: %v", err)
	}
	return answerInTime(test)
}

func failure(format string, arguments ...any) answer {
	text := fmt.Sprintf(format, arguments...)
	if text == "" {
		text = "error without a text"
	}
	return answer{Error: text}
}

func success(value *celpb.Value) answer {
	sortEntries(value)
	text, err := protojson.Marshal(value)
	if err != nil {
		return answer{Error: err.Error(), Inexpressible: true}
	}
	compact := &bytes.Buffer{}
	if err := json.Compact(compact, text); err != nil {
		return failure("%v", err)
	}
	return answer{Value: compact.Bytes()}
}

// sortEntries gives the entries of maps, which come in any order, one order.
func sortEntries(value *celpb.Value) {
	for _, item := range value.GetListValue().GetValues() {
		sortEntries(item)
	}
	entries := value.GetMapValue().GetEntries()
	for _, entry := range entries {
		sortEntries(entry.GetValue())
	}
	sort.Slice(entries, func(left, right int) bool {
		return keyText(entries[left]) < keyText(entries[right])
	})
}

func keyText(entry *celpb.MapValue_Entry) string {
	return fmt.Sprintf("%T %v", entry.GetKey().GetKind(), entry.GetKey().GetKind())
}
