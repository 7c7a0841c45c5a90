// Command convert writes the conformance tests of the Common Expression Language as JSON.
//
//	go run ./convert [-all] [-from FOLDER] TARGET
//
// It reads the textproto files of the module cel.dev/expr, in the version of go.mod unless -from
// names another folder of them, and writes one JSON file for each into the folder TARGET. A file
// of which every case needs protobuf is passed over, unless -all is given. The table of the files
// goes to standard output.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	testpb "cel.dev/expr/conformance/test"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/prototext"

	// Messages that the tests hold in Any values.
	_ "cel.dev/expr/conformance/proto2"
	_ "cel.dev/expr/conformance/proto3"
)

func main() {
	all := flag.Bool("all", false, "write the files, too, of which every case needs protobuf")
	from := flag.String("from", "", "folder of textproto files, instead of that of the module")
	flag.Parse()
	if flag.NArg() != 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := convertAll(*from, flag.Arg(0), *all); err != nil {
		fmt.Fprintln(os.Stderr, "convert:", err)
		os.Exit(1)
	}
}

func convertAll(from, target string, all bool) error {
	if from == "" {
		folder, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "cel.dev/expr").Output()
		if err != nil {
			return fmt.Errorf("folder of cel.dev/expr: %w", err)
		}
		from = filepath.Join(strings.TrimSpace(string(folder)), "tests", "simple", "testdata")
	}
	paths, err := filepath.Glob(filepath.Join(from, "*.textproto"))
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return fmt.Errorf("no textproto files in %s", from)
	}
	fmt.Println("| file | cases | need protobuf |")
	fmt.Println("| --- | --- | --- |")
	for _, path := range paths {
		if err := convertFile(path, target, all); err != nil {
			return fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return nil
}

func convertFile(path, target string, all bool) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	file := &testpb.SimpleTestFile{}
	if err := prototext.Unmarshal(text, file); err != nil {
		return err
	}
	name := strings.TrimSuffix(filepath.Base(path), ".textproto")
	cases := list{}
	needing := 0
	for _, section := range file.GetSection() {
		for _, test := range section.GetTest() {
			needs := needsProtobuf(test)
			if needs {
				needing++
			}
			one, err := caseObject(section.GetName(), test, needs)
			if err != nil {
				return fmt.Errorf("%s: %w", test.GetName(), err)
			}
			cases = append(cases, one)
		}
	}
	kept := all || needing < len(cases)
	left := ""
	if !kept {
		left = " (left out)"
	}
	fmt.Printf("| %s%s | %d | %d |\n", name, left, len(cases), needing)
	if !kept {
		return nil
	}
	whole := object{{"file", name}, {"cases", cases}}
	return os.WriteFile(filepath.Join(target, name+".json"), []byte(render(whole)), 0o644)
}

// keys is the order in which the fields of a case stand.
var keys = []string{
	"name", "description", "expr", "container", "bindings", "typeEnv",
	"disableMacros", "disableCheck", "checkOnly",
	"value", "evalError", "anyEvalErrors", "unknown", "anyUnknowns", "typedResult",
}

func caseObject(section string, test *testpb.SimpleTest, needs bool) (object, error) {
	text, err := protojson.Marshal(test)
	if err != nil {
		return nil, err
	}
	fields, err := parse(text)
	if err != nil {
		return nil, err
	}
	one := object{{"section", section}}
	given := fields.(object)
	for _, key := range keys {
		for _, field := range given {
			if field.key == key {
				one = append(one, field)
			}
		}
	}
	if len(one) != len(given)+1 {
		return nil, fmt.Errorf("a field of unknown place in %s", text)
	}
	if needs {
		one = append(one, member{"needsProtobuf", true})
	}
	return one, nil
}
