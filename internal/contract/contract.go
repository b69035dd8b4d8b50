// Package contract holds the token API's contract: the document that client and emulator both implement.
package contract

import _ "embed"

// OpenAPI is the contract as an OpenAPI 3.0 document in YAML.
//
//go:embed openapi.yaml
var OpenAPI []byte
