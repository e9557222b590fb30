// loamtest is a provider for tests of protocol 6: one managed resource that has every kind of
// attribute and block, one whose schema has moved on, one that another was moved to, two with an identity,
// which can be listed, a data source, functions, an ephemeral resource and an action. Its objects are files in a directory, their ids are their names,
// so a recorded run has nothing random in it.
package main

import (
	"log"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
)

func main() {
	if err := tf6server.Serve("registry.terraform.io/loam/loamtest", newServer); err != nil {
		log.Fatal(err)
	}
}
