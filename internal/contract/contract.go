// Package contract holds the token API's contract: the document that client and emulator are each written from.
package contract

import _ "embed"

// OpenAPI is the contract as an OpenAPI 3.0 document in YAML.
//
//go:embed openapi.yaml
var OpenAPI []byte
