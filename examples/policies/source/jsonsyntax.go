package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// nested says which properties of a JSON file are blocks, and how many labels they have; any other property is an argument.
type nested map[string]struct {
	labels int
	inside nested
}

var (
	conditions = nested{"precondition": {}, "postcondition": {}, "action_trigger": {}}
	provisions = nested{"connection": {}, "provisioner": {1, nested{"connection": {}}}}
	dynamics   = nested{"dynamic": {1, nested{"content": {}}}, "lifecycle": {0, conditions}, "connection": {}, "provisioner": provisions["provisioner"]}
	atTop      = nested{
		"terraform": {0, nested{"backend": {1, nil}, "cloud": {}, "encryption": {}, "provider_meta": {1, nil}, "required_providers": {}, "state_store": {1, nil}}},
		"provider":  {1, nil}, "variable": {1, nested{"validation": {}}}, "locals": {}, "output": {1, conditions}, "module": {1, nil},
		"resource": {2, dynamics}, "data": {2, dynamics}, "ephemeral": {2, dynamics}, "action": {2, dynamics}, "list": {2, dynamics},
		"check": {1, nested{"assert": {}, "data": {2, dynamics}}}, "import": {}, "moved": {}, "removed": {0, dynamics}, "run": {1, nested{"module": {}, "assert": {}}},
	}
)

// parseJSON reads JSON syntax into what the native syntax is read into, so that every rule holds for both.
func parseJSON(name string, content []byte) (*hclsyntax.Body, int) {
	r := &jsonReader{name: name, content: content, decoder: json.NewDecoder(bytes.NewReader(content))}
	r.decoder.UseNumber()
	root, err := r.next()
	if err == nil && root.kind != '{' {
		err = errors.New("no object")
	}
	if err == nil {
		if _, err = r.decoder.Token(); errors.Is(err, io.EOF) {
			err = nil
		} else {
			err = errors.New("more than one value")
		}
	}
	if err != nil {
		return nil, r.rangeFrom(0).End.Line
	}
	blocks := atTop
	if strings.HasSuffix(name, ".tfvars.json") {
		blocks = nil
	}
	body := r.body(root, blocks)
	return body, r.wrong
}

// jsonValue is a JSON value with all of its properties, those that are there twice included.
type jsonValue struct {
	kind   byte // {, [, " or 0 for a number, a boolean and null
	keys   []string
	values []jsonValue
	text   string
	number cty.Value
	place  hcl.Range
}

type jsonReader struct {
	name    string
	content []byte
	decoder *json.Decoder
	wrong   int // the line of what cannot be read
}

func (r *jsonReader) rangeFrom(start int64) hcl.Range {
	at := func(offset int64) hcl.Pos {
		offset = min(offset, int64(len(r.content)))
		return hcl.Pos{Line: 1 + bytes.Count(r.content[:offset], []byte("\n")), Column: 1, Byte: int(offset)}
	}
	return hcl.Range{Filename: r.name, Start: at(start), End: at(r.decoder.InputOffset())}
}

// skip is where the next token begins.
func (r *jsonReader) skip() int64 {
	at := r.decoder.InputOffset()
	for at < int64(len(r.content)) && bytes.IndexByte([]byte(" \t\r\n,:"), r.content[at]) >= 0 {
		at++
	}
	return at
}

func (r *jsonReader) next() (jsonValue, error) {
	start := r.skip()
	token, err := r.decoder.Token()
	if err != nil {
		return jsonValue{}, err
	}
	read := jsonValue{number: cty.NullVal(cty.DynamicPseudoType)}
	switch token := token.(type) {
	case json.Delim:
		read.kind = byte(token)
		for r.decoder.More() {
			if token == '{' {
				key, err := r.decoder.Token()
				if err != nil {
					return read, err
				}
				read.keys = append(read.keys, key.(string))
			}
			inner, err := r.next()
			if err != nil {
				return read, err
			}
			read.values = append(read.values, inner)
		}
		if _, err := r.decoder.Token(); err != nil {
			return read, err
		}
	case string:
		read.kind, read.text = '"', token
	case bool:
		read.number = cty.BoolVal(token)
	case json.Number:
		if read.number, err = cty.ParseNumberVal(token.String()); err != nil {
			return read, err
		}
	}
	read.place = r.rangeFrom(start)
	return read, nil
}

func (r *jsonReader) body(v jsonValue, blocks nested) *hclsyntax.Body {
	body := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}, SrcRange: v.place, EndRange: v.place}
	for i, key := range v.keys {
		if form, ok := blocks[key]; ok {
			r.blocks(body, key, nil, v.values[i], form.labels, form.inside)
			continue
		}
		if _, twice := body.Attributes[key]; twice {
			r.refuse(v.values[i])
		}
		body.Attributes[key] = &hclsyntax.Attribute{Name: key, Expr: r.expression(v.values[i]), SrcRange: v.values[i].place, NameRange: v.values[i].place}
	}
	return body
}

func (r *jsonReader) refuse(v jsonValue) {
	if r.wrong == 0 {
		r.wrong = max(v.place.Start.Line, 1)
	}
}

// blocks adds the blocks that a property stands for: an object, or a list of them, below as many names as the block has labels.
func (r *jsonReader) blocks(body *hclsyntax.Body, kind string, labels []string, v jsonValue, missing int, inside nested) {
	switch {
	case v.kind == '[':
		for _, each := range v.values {
			r.blocks(body, kind, labels, each, missing, inside)
		}
	case v.kind == '{' && missing > 0:
		for i, key := range v.keys {
			r.blocks(body, kind, append(labels[:len(labels):len(labels)], key), v.values[i], missing-1, inside)
		}
	case v.kind == '{':
		body.Blocks = append(body.Blocks, &hclsyntax.Block{Type: kind, Labels: labels, Body: r.body(v, inside), TypeRange: v.place, OpenBraceRange: v.place, CloseBraceRange: v.place})
	case v.kind == 0 && v.number.IsNull():
	default:
		r.refuse(v)
	}
}

// expression is a JSON value as HCL reads it: a text is a template.
func (r *jsonReader) expression(v jsonValue) hclsyntax.Expression {
	switch v.kind {
	case '"':
		template, diags := hclsyntax.ParseTemplate([]byte(v.text), r.name, v.place.Start)
		if diags.HasErrors() {
			r.refuse(v)
		}
		return template
	case '[':
		list := &hclsyntax.TupleConsExpr{SrcRange: v.place, OpenRange: v.place}
		for _, each := range v.values {
			list.Exprs = append(list.Exprs, r.expression(each))
		}
		return list
	case '{':
		object := &hclsyntax.ObjectConsExpr{SrcRange: v.place, OpenRange: v.place}
		for i, key := range v.keys {
			name := r.expression(jsonValue{kind: '"', text: key, place: v.values[i].place})
			object.Items = append(object.Items, hclsyntax.ObjectConsItem{
				KeyExpr: &hclsyntax.ObjectConsKeyExpr{Wrapped: name, ForceNonLiteral: true}, ValueExpr: r.expression(v.values[i]),
			})
		}
		return object
	}
	return &hclsyntax.LiteralValueExpr{Val: v.number, SrcRange: v.place}
}
