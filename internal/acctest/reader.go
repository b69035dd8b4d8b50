package acctest

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"filippo.io/age/armor"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"golang.org/x/crypto/nacl/box"
	"golang.org/x/crypto/ssh"
)

// Reader is somebody with a key pair of each kind, who can read what is encrypted to any of them.
type Reader struct {
	// Age is an age recipient, SSH a line of a .pub file, and Box a sealed box's key: public keys.
	Age, SSH, Box string

	identities           []age.Identity
	boxPublic, boxSecret *[32]byte
}

// NewReader makes a reader's keys.
func NewReader() *Reader {
	native, err := age.GenerateX25519Identity()
	panicOn(err)
	_, private, err := ed25519.GenerateKey(rand.Reader)
	panicOn(err)
	signer, err := ssh.NewSignerFromKey(private)
	panicOn(err)
	shell, err := agessh.NewEd25519Identity(private)
	panicOn(err)
	r := &Reader{Age: native.Recipient().String(), SSH: strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey()))), identities: []age.Identity{native, shell}}
	r.boxPublic, r.boxSecret, err = box.GenerateKey(rand.Reader)
	panicOn(err)
	r.Box = base64.StdEncoding.EncodeToString(r.boxPublic[:])
	return r
}

// panicOn is for what can fail only in theory, such as reading randomness.
func panicOn(err error) {
	if err != nil {
		panic(err)
	}
}

// ReadAge decrypts an armored age file; empty if the reader cannot.
func (r *Reader) ReadAge(file string) string {
	plain, err := age.Decrypt(armor.NewReader(strings.NewReader(file)), r.identities...)
	if err != nil {
		return ""
	}
	text, err := io.ReadAll(plain)
	if err != nil {
		return ""
	}
	return string(text)
}

// ReadBox opens a sealed box in base64; empty if the reader cannot.
func (r *Reader) ReadBox(sealed string) string {
	raw, err := base64.StdEncoding.DecodeString(sealed)
	if err != nil {
		return ""
	}
	plain, _ := box.OpenAnonymous(nil, raw, r.boxPublic, r.boxSecret)
	return string(plain)
}

// Read is the secret that an instance holds for the reader, in whichever attributes it is: each of them must hold the same.
// Empty if there is none, or if the reader cannot read one of them.
func (r *Reader) Read(in Instance) string {
	var found []string
	if file := in.Text("encrypted_token"); file != "" {
		found = append(found, r.ReadAge(file))
	}
	var boxes map[string]tftypes.Value
	panicOn(Attribute(in.State, "sealed_box_tokens").As(&boxes))
	for _, sealed := range boxes {
		var text string
		panicOn(sealed.As(&text))
		found = append(found, r.ReadBox(text))
	}
	for _, text := range found {
		if text != found[0] {
			return ""
		}
	}
	if len(found) == 0 {
		return ""
	}
	return found[0]
}
