/* project_git: the git repository of the configuration, by the program git. */
#pragma once

#include "cli.h"

/* Returns the commit that is checked out, with "+changes" if tracked files of the working directory
 * differ from it; empty without git or outside of a repository. */
Str project_git_commit(const Cli *cli);
/* Creates the branch at the commit that is checked out, and switches to it. Fails, with an error,
 * if the branch exists or one of the files has changes that are not committed. */
MUST_USE bool project_git_start_branch(const Cli *cli, Str branch, const StrVec *files,
                                       Diags *diags);
/* Commits these files alone. */
MUST_USE bool project_git_save(const Cli *cli, Str message, const StrVec *files, Diags *diags);
