/* project_tests: the storage for states of tests: in the directory `test` of the data directory, or
 * in the backends of runs. The states have the lock, the journal and the encryption of the
 * project's own state. */
#pragma once

#include "project.h"
#include "suite_storage.h"

/* Adds an error for each run with an unknown backend, or with the backend of another run of its
 * file. */
MUST_USE bool project_tests_check(Project *project);
/* Checks the backends, and opens the storage of a loaded project, which must live as long. */
MUST_USE bool project_tests_open(Project *project, const SuiteStorage **out);
