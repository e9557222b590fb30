// consul: the agent of Consul, as a program of its own. The other commands of consul need a module that Go cannot verify.
package main

import (
	"fmt"
	"io"
	"log"
	"os"

	"github.com/hashicorp/consul/command/agent"
	"github.com/hashicorp/consul/command/cli"
	"github.com/hashicorp/consul/command/version"
	mcli "github.com/mitchellh/cli"
)

func main() {
	log.SetOutput(io.Discard)
	ui := &cli.BasicUI{BasicUi: mcli.BasicUi{Writer: os.Stdout, ErrorWriter: os.Stderr}}
	commands := map[string]mcli.CommandFactory{
		"agent":   func() (mcli.Command, error) { return agent.New(ui), nil },
		"version": func() (mcli.Command, error) { return version.New(ui), nil },
	}
	program := &mcli.CLI{Name: "consul", Args: os.Args[1:], Commands: commands, HelpWriter: os.Stdout, ErrorWriter: os.Stderr}
	status, err := program.Run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}
