// A plugin of Kubernetes for keys outside of the API server (KMS v2), for tests: "kms SOCKET KEYS". KEYS is a file with a key a line, its
// name and 64 hexadecimal digits; the first one encrypts. The file is read for each call, so another first line rotates the key.
package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"k8s.io/kms/pkg/service"
)

type plugin struct{ file string }

// key returns the key of this name; the first one for an empty name.
func (p plugin) key(name string) (string, cipher.AEAD, error) {
	text, err := os.ReadFile(p.file)
	if err != nil {
		return "", nil, err
	}
	for _, line := range strings.Split(string(text), "\n") {
		found, digits, _ := strings.Cut(strings.TrimSpace(line), " ")
		if found == "" || (name != "" && name != found) {
			continue
		}
		secret, err := hex.DecodeString(digits)
		if err != nil {
			return "", nil, err
		}
		block, err := aes.NewCipher(secret)
		if err != nil {
			return "", nil, err
		}
		sealer, err := cipher.NewGCM(block)
		return found, sealer, err
	}
	return "", nil, fmt.Errorf("no key %q in %s", name, p.file)
}

func (p plugin) Status(context.Context) (*service.StatusResponse, error) {
	name, _, err := p.key("")
	if err != nil {
		return nil, err
	}
	return &service.StatusResponse{Version: "v2", Healthz: "ok", KeyID: name}, nil
}

func (p plugin) Encrypt(_ context.Context, _ string, data []byte) (*service.EncryptResponse, error) {
	name, sealer, err := p.key("")
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, sealer.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return &service.EncryptResponse{Ciphertext: sealer.Seal(nonce, nonce, data, []byte(name)), KeyID: name}, nil
}

func (p plugin) Decrypt(_ context.Context, _ string, request *service.DecryptRequest) ([]byte, error) {
	_, sealer, err := p.key(request.KeyID)
	if err != nil {
		return nil, err
	}
	size := sealer.NonceSize()
	if len(request.Ciphertext) < size {
		return nil, fmt.Errorf("a ciphertext of %d bytes", len(request.Ciphertext))
	}
	return sealer.Open(nil, request.Ciphertext[:size], request.Ciphertext[size:], []byte(request.KeyID))
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: kms SOCKET KEYS")
	}
	if err := os.Remove(os.Args[1]); err != nil && !os.IsNotExist(err) {
		log.Fatal(err)
	}
	log.Fatal(service.NewGRPCService(os.Args[1], 10*time.Second, plugin{os.Args[2]}).ListenAndServe())
}
