package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// JSON with the members of objects in their order.
type (
	object []member
	list   []any
	member struct {
		key   string
		value any
	}
)

func parse(text []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return parseNext(decoder)
}

func parseNext(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		members := object{}
		for decoder.More() {
			key, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			value, err := parseNext(decoder)
			if err != nil {
				return nil, err
			}
			members = append(members, member{key.(string), value})
		}
		_, err = decoder.Token()
		return members, err
	case json.Delim('['):
		items := list{}
		for decoder.More() {
			item, err := parseNext(decoder)
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		_, err = decoder.Token()
		return items, err
	}
	return token, nil
}

// render writes a value with one blank a level and a line for each member.
func render(value any) string {
	out := &strings.Builder{}
	renderValue(out, "", value, "\n")
	out.WriteByte('\n')
	return out.String()
}

func renderValue(out *strings.Builder, key string, value any, newLine string) {
	switch value := value.(type) {
	case object:
		if len(value) == 0 {
			out.WriteString("{}")
			return
		}
		for index, member := range value {
			out.WriteString(separator(index, "{") + newLine + " ")
			out.WriteString(quote(member.key) + ": ")
			renderValue(out, member.key, member.value, newLine+" ")
		}
		out.WriteString(newLine + "}")
	case list:
		if len(value) == 0 {
			out.WriteString("[]")
			return
		}
		for index, item := range value {
			out.WriteString(separator(index, "[") + newLine + " ")
			renderValue(out, "", item, newLine+" ")
		}
		out.WriteString(newLine + "]")
	case json.Number:
		out.WriteString(number(key, value.String()))
	case string:
		out.WriteString(quote(value))
	case nil:
		out.WriteString("null")
	default:
		fmt.Fprint(out, value)
	}
}

func separator(index int, open string) string {
	if index == 0 {
		return open
	}
	return ","
}

// number lets a double be seen to be one.
func number(key, digits string) string {
	if key == "doubleValue" && !strings.ContainsAny(digits, ".eE") {
		return digits + ".0"
	}
	return digits
}

// quote escapes what JSON demands and nothing else.
func quote(text string) string {
	out := &strings.Builder{}
	out.WriteByte('"')
	for _, letter := range text {
		switch short := strings.IndexRune("\"\\\n\r\t\b\f", letter); {
		case short >= 0:
			out.WriteByte('\\')
			out.WriteByte("\"\\nrtbf"[short])
		case letter < 0x20:
			fmt.Fprintf(out, "\\u%04x", letter)
		default:
			out.WriteRune(letter)
		}
	}
	out.WriteByte('"')
	return out.String()
}
