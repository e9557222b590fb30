// Reads histories of runs on one state, as JSON, one a line, and checks each for linearizability.
//
// The model is a register with a lock: the register holds a lineage, a serial, and a set of objects.
// Prints "ok", "illegal" or "unknown" (out of time) for each history.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/anishathalye/porcupine"
)

const timeout = 120 * time.Second

type operation struct {
	Kind    string // lock, unlock, release, add, push, read
	Run     int    // from 1
	Call    int64
	Return  int64
	Maybe   bool // the result is unknown: it takes effect at any later time, or never
	Objects uint64
	Serial  int64
	Digest  string
	Lineage string
}

type register struct {
	Holder  int // a run; 0: none
	Objects uint64
	Serial  int64 // the last one, or a lower bound
	IsKnown bool  // Serial and Digest are those of the state
	Digest  string
	Lineage string
}

// A run whose object is there changes nothing, but may write the same state again.
func write(state register, op operation) register {
	if state.Objects&op.Objects == op.Objects {
		return state
	}
	state.Objects |= op.Objects
	state.Serial++
	state.IsKnown, state.Digest = false, ""
	return state
}

// Returns the state after an operation, and whether the operation is legal.
func apply(state register, op operation) (register, bool) {
	switch op.Kind {
	case "lock":
		legal := state.Holder == 0
		state.Holder = op.Run
		return state, legal
	case "unlock": // of a run that was not disturbed
		legal := state.Holder == op.Run
		state.Holder = 0
		return state, legal
	case "release": // the lock may have expired before, and another run may hold it
		if state.Holder == op.Run {
			state.Holder = 0
		}
		return state, true
	case "add":
		if !op.Maybe && state.Holder != op.Run {
			return state, false
		}
		return write(state, op), true
	case "hold": // a run without changes: its object was there
		return state, state.Holder == op.Run && state.Objects&op.Objects == op.Objects
	case "push":
		if (!op.Maybe && state.Holder != op.Run) || state.Serial >= op.Serial {
			return state, false
		}
		state.Objects, state.Serial, state.IsKnown, state.Digest = op.Objects, op.Serial, true, op.Digest
		return state, true
	case "read":
		legal := state.Objects == op.Objects && state.Serial <= op.Serial &&
			(!state.IsKnown || (state.Serial == op.Serial && state.Digest == op.Digest)) &&
			(state.Lineage == "" || state.Lineage == op.Lineage)
		state.Serial, state.IsKnown, state.Digest, state.Lineage = op.Serial, true, op.Digest, op.Lineage
		return state, legal
	}
	panic("unknown kind " + op.Kind)
}

func step(state, input, _ interface{}) []interface{} {
	op := input.(operation)
	next, legal := apply(state.(register), op)
	var states []interface{}
	if op.Maybe {
		states = append(states, state)
	}
	if legal && (!op.Maybe || next != state.(register)) {
		states = append(states, next)
	}
	if op.Kind == "add" && (op.Maybe || legal && next == state.(register)) {
		// A run that ends the journal of a dead one writes the same objects with the next serial, even if a
		// command without the lock has already shown them with the last one. Or the dead run wrote no object.
		ended := state.(register)
		ended.Serial++
		states = append(states, ended)
	}
	return states
}

func check(history []operation) porcupine.CheckResult {
	model := porcupine.NondeterministicModel{
		Init: func() []interface{} { return []interface{}{register{}} },
		Step: step,
	}
	var operations []porcupine.Operation
	for _, op := range history {
		operations = append(operations, porcupine.Operation{ClientId: op.Run, Input: op, Call: op.Call, Return: op.Return})
	}
	return porcupine.CheckOperationsTimeout(model.ToModel(), operations, timeout)
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var history []operation
		if err := json.Unmarshal(lines.Bytes(), &history); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		fmt.Println(map[porcupine.CheckResult]string{porcupine.Ok: "ok", porcupine.Illegal: "illegal"}[check(history)])
	}
}
