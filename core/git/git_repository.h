/* GitRepository: a private clone of one branch, for reading and writing files.
 *
 * The clone is bare: no file of the repository gets to the disk under its own name, so hooks,
 * filters, submodules and symbolic links have no effect. Commits are made from blobs and trees.
 * Credentials are in files of the directory of the clone, which only this user can read: neither
 * arguments nor environment variables of a process hold them.
 *
 * A function that returns false has set `problem` to sentences for the user, without secrets. */
#pragma once

#include "git_directory.h"
#include "git_failure.h"
#include "git_program.h"
#include "git_remote.h"

typedef struct GitRepository {
    GitDirectory directory;
    GitProgram program;
    const GitRemote *remote;
    StrVec environment;
    StrVec secrets;
    Str author_name;
    Str author_email; /* may be empty */
    Str tip;          /* the commit of the branch on the server; empty: the repository is empty */
    Str head;         /* `tip`, or the newest commit of git_repository_commit */
    GitFailure failure;
    Str problem;
} GitRepository;

typedef struct GitChange {
    Str path;
    Str bytes;
    bool is_removal;
} GitChange;

typedef struct GitOpen {
    const Io *io;
    const CancelToken *cancel;
    int64_t deadline_ms;     /* of all runs; 0: each has its own limit */
    const GitRemote *remote; /* must outlive the repository; git_remote_problem finds no problem */
    Str author_name;
    Str author_email;
    Arena *arena; /* receives all results */
} GitOpen;

/* Makes the clone, without contact to the server. Call git_repository_close in any case. */
MUST_USE bool git_repository_open(const GitOpen *open, GitRepository *out);
void git_repository_close(GitRepository *repository);

/* Fetches the branch; commits that were not pushed are dropped. A repository without any branch
 * has an empty tip; a missing branch of another one is a failure. */
MUST_USE bool git_repository_fetch(GitRepository *repository);
/* Returns why the path is not that of a file in a repository, as a sentence; empty if it is. */
Str git_repository_path_problem(Str path, Arena *arena);
/* Reads a file of `head`; *exists is false if there is none. Rejects paths that lead through a
 * symbolic link or a submodule. */
MUST_USE bool git_repository_read(GitRepository *repository, Str path, Str *out, bool *exists);
/* Makes a commit on `head`, unless the changes change nothing. Removal of an absent file is no
 * change. */
MUST_USE bool git_repository_commit(GitRepository *repository, const GitChange *changes,
                                    size_t count, Str message);

/* Makes commits on `head`, by git_repository_commit. Called for each new tip, so it must look at
 * the files of `head` again. Returns false to stop the push; `problem` then says why. */
typedef bool GitPrepare(void *payload, GitRepository *repository);
/* Fetches, prepares and pushes, until a push succeeds: if other pushes were faster, on their
 * commits; if the connection broke, a few times. The branch is never forced. Without a new commit
 * nothing is pushed. Afterwards `head` is `tip`. */
MUST_USE bool git_repository_push(GitRepository *repository, GitPrepare *prepare, void *payload);
/* The same on the branch `review`, which people merge into the branch of the remote. The commits
 * are made on the tip, or on the review branch while it has commits that are not merged. *commit is
 * the tip of the review branch with all changes; empty if the branch of the remote needs none.
 * `head` is `tip` afterwards. */
MUST_USE bool git_repository_propose(GitRepository *repository, Str review, GitPrepare *prepare,
                                     void *payload, Str *commit);
/* Fetches, and sets *is_ancestor to whether the branch has both commits, `older` before or as
 * `newer`. */
MUST_USE bool git_repository_has_ancestor(GitRepository *repository, Str older, Str newer,
                                          bool *is_ancestor);
