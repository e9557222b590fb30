// loamtest is a provider for tests of protocol 6: one managed resource that has every kind of
// attribute and block, one whose schema has moved on, one that another was moved to, a data source,
// functions and an ephemeral resource. Its objects are files in a directory, their ids are their names,
// so a recorded run has nothing random in it.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
)

func main() {
	err := providerserver.Serve(context.Background(), newProvider, providerserver.ServeOpts{
		Address: "registry.terraform.io/loam/loamtest",
	})
	if err != nil {
		log.Fatal(err)
	}
}
