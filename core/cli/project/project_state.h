/* project_state: the backend of a project, its lock, its journal, its state. */
#pragma once

#include "project.h"

/* Finds and opens the backend, nothing more. */
MUST_USE bool project_open_backend(Project *project);
/* Opens the backend, acquires the lock for `operation`, reads the state, replays the journal. */
MUST_USE bool project_open_state(Project *project, LockOperation operation);
/* The same without the configuration, for state commands, show and output. */
MUST_USE bool project_open_state_only(
    Project *project, Cli *cli, const Arguments *arguments, LockOperation operation, Diags *diags);
/* Opens project->working: changes of `state`, which becomes the project's, are recorded from now
 * on.
 */
MUST_USE bool project_begin_changes(Project *project, State *state);
/* Writes the state of a state command at once. */
MUST_USE bool project_write_state(Project *project, State *state);
/* The state at -state-out; without that option, the project's. */
MUST_USE bool project_read_out(Project *project, State **out);
/* Writes `state` to where it was read from, after project_write_state has written another one to
 * -state-out. */
MUST_USE bool project_write_source(Project *project, State *state);
/* Workspaces of the backend; "default" comes first. */
MUST_USE bool project_list_workspaces(Project *project, StrVec *out);
MUST_USE bool project_make_workspace(Project *project, Str name);
/* Removes the workspace whose state is open, with all that is in it. */
MUST_USE bool project_remove_workspace(Project *project);
