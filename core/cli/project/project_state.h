/* project_state: opens the backend of a project, and its lock, journal and state. */
#pragma once

#include "project.h"

/* Selects and opens the backend unless it is open; does not lock or read it. */
MUST_USE bool project_open_backend(Project *project);
/* Returns type and location of the open backend: "s3 s3://bucket/key". */
Str project_backend_name(const Project *project);
/* Opens the backend, acquires the lock for `operation`, reads the state, replays the journal. Adds
 * an error if the state belongs to another environment. */
MUST_USE bool project_open_state(Project *project, LockOperation operation);
/* Reads the state again, under its lock, with the operations that the journal holds. */
MUST_USE bool project_read_again(Project *project);
/* Loads only the root module, then opens the state. For state commands, show and output. */
MUST_USE bool project_open_state_only(Project *project, Cli *cli, const Arguments *arguments,
                                      LockOperation operation, Diags *diags);
/* Adds an error unless a state exists, perhaps an empty one. For state commands. */
MUST_USE bool project_check_has_state(const Project *project);
/* Opens project->working: from now on, the journal records changes of `state`, which the project
 * owns. */
MUST_USE bool project_begin_changes(Project *project, State *state);
/* Writes the state at once, for a state command. */
MUST_USE bool project_write_state(Project *project, State *state);
