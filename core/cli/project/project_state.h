/* project_state: opens the backend of a project, and its lock, journal and state. */
#pragma once

#include "project.h"

/* Selects and opens the backend; does not lock or read it. */
MUST_USE bool project_open_backend(Project *project);
/* Opens the backend, acquires the lock for `operation`, reads the state, replays the journal. */
MUST_USE bool project_open_state(Project *project, LockOperation operation);
/* Loads only the root module, then opens the state. For state commands, show and output. */
MUST_USE bool project_open_state_only(
    Project *project, Cli *cli, const Arguments *arguments, LockOperation operation, Diags *diags);
/* Opens project->working: from now on, the journal records changes of `state`, which the project
 * owns. */
MUST_USE bool project_begin_changes(Project *project, State *state);
/* Writes the state at once, for a state command. */
MUST_USE bool project_write_state(Project *project, State *state);
/* Reads the state at -state-out. Without that option, *out is the project's state. */
MUST_USE bool project_read_out(Project *project, State **out);
/* Writes `state` to where it was read from, after project_write_state has written another one to
 * -state-out. */
MUST_USE bool project_write_source(Project *project, State *state);
/* Lists the workspaces of the backend, "default" first. */
MUST_USE bool project_list_workspaces(Project *project, StrVec *out);
MUST_USE bool project_make_workspace(Project *project, Str name);
/* Removes the workspace whose state is open, with everything in it. */
MUST_USE bool project_remove_workspace(Project *project);
