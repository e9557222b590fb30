#include "git_case.h"

#define LOG "--git-dir=origin.git", "log", "--reverse", "main"

static void check_problem(const GitRepository *repository, const char *words) {
    if (str_find(repository->problem, str_from_cstr(words), 0) == SIZE_MAX)
        fail_msg("missing: %s\n%.*s", words, STR_ARG(repository->problem));
}

static void an_empty_repository_gets_its_first_commit(void **) {
    GitCase c;
    GitRepository repository;
    git_case_start(&c);
    git_case_open(&c, &repository);
    assert_true(git_repository_fetch(&repository));
    check_str(repository.tip, "");
    git_repository_close(&repository);
    git_case_push(&c, "clusters/a/file.yaml", "a: 1\n");
    check_str(GIT(&c, LOG, "--format=%an <%ae> %cn <%ce> %s"),
              "Flux <> Flux <> Change clusters/a/file.yaml");
    check_str(GIT(&c, "--git-dir=origin.git", "show", "main:clusters/a/file.yaml"), "a: 1");
    git_case_end(&c);
}

static void equal_files_make_no_commit(void **) {
    GitCase c;
    git_case_start(&c);
    git_case_push(&c, "a", "1");
    git_case_push(&c, "a", "1");
    git_case_push(&c, "absent/b", NULL);
    check_str(GIT(&c, LOG, "--format=%s"), "Change a");
    git_case_end(&c);
}

static void a_removal_removes_one_file(void **) {
    GitCase c;
    git_case_start(&c);
    git_case_push(&c, "d/a", "1");
    git_case_push(&c, "d/b", "2");
    git_case_push(&c, "d/a", NULL);
    check_str(GIT(&c, "--git-dir=origin.git", "ls-tree", "-r", "--name-only", "main"), "d/b");
    git_case_end(&c);
}

static void a_file_is_read_as_it_is(void **) {
    GitCase c;
    GitRepository repository;
    Str text;
    bool exists;
    git_case_start(&c);
    git_case_push(&c, "d/a", "one\r\ntwo");
    git_case_open(&c, &repository);
    assert_true(git_repository_fetch(&repository));
    assert_true(git_repository_read(&repository, STR("d/a"), &text, &exists));
    assert_true(exists);
    check_str(text, "one\r\ntwo");
    assert_true(git_repository_read(&repository, STR("d/none"), &text, &exists));
    assert_false(exists);
    assert_true(git_repository_read(&repository, STR("none/a"), &text, &exists));
    assert_false(exists);
    git_repository_close(&repository);
    git_case_end(&c);
}

/* Another clone pushes between our fetch and our push. */
typedef struct Overtaken {
    GitCase *c;
    int times;
    int calls;
} Overtaken;

static bool prepare_and_be_overtaken(void *payload, GitRepository *repository) {
    Overtaken *overtaken = payload;
    GitCaseFile ours = {"ours", "ours"};
    if (overtaken->calls++ < overtaken->times)
        git_case_push(overtaken->c, "theirs",
                      str_to_cstr(str_format(overtaken->c->arena, "%d", overtaken->calls),
                                  overtaken->c->arena));
    return git_case_prepare(&ours, repository);
}

static void an_overtaken_push_is_made_again_on_the_new_tip(void **) {
    for (int first = 0; first < 2; first++) {
        GitCase c;
        GitRepository repository;
        git_case_start(&c);
        if (first)
            git_case_push(&c, "start", "0");
        Overtaken overtaken = {&c, 3, 0};
        git_case_open(&c, &repository);
        assert_true(git_repository_push(&repository, prepare_and_be_overtaken, &overtaken));
        assert_int_equal(overtaken.calls, 4);
        check_str_equal(repository.head,
                        GIT(&c, "--git-dir=origin.git", "rev-parse", "refs/heads/main"));
        git_repository_close(&repository);
        check_str(GIT(&c, LOG, "--format=%s"),
                  first ? "Change start\nChange theirs\nChange theirs\nChange theirs\nChange ours"
                        : "Change theirs\nChange theirs\nChange theirs\nChange ours");
        git_case_end(&c);
    }
}

/* Proposes one file with a clone of its own; returns the commit. */
static Str propose(GitCase *c, const char *path, const char *text) {
    GitRepository repository;
    GitCaseFile file = {path, text};
    Str commit;
    git_case_open(c, &repository);
    if (!git_repository_propose(&repository, STR("review"), git_case_prepare, &file, &commit))
        fail_msg("%.*s", STR_ARG(repository.problem));
    check_str_equal(repository.head, repository.tip);
    git_repository_close(&repository);
    return commit;
}

#define REVIEW_LOG "--git-dir=origin.git", "log", "--reverse", "--format=%s", "refs/heads/review"

static void a_proposal_leaves_the_branch_as_it_is(void **) {
    GitCase c;
    git_case_start(&c);
    git_case_push(&c, "start", "0");
    Str commit = propose(&c, "a", "1");
    check_str_equal(commit, GIT(&c, "--git-dir=origin.git", "rev-parse", "refs/heads/review"));
    check_str(GIT(&c, LOG, "--format=%s"), "Change start");
    check_str(GIT(&c, REVIEW_LOG), "Change start\nChange a");
    check_str_equal(propose(&c, "a", "1"), commit); /* it is there already */

    /* Commits that are not merged stay, also those of others. */
    propose(&c, "a", "2");
    check_str(GIT(&c, REVIEW_LOG), "Change start\nChange a\nChange a");

    /* After the merge, and with further commits, the next proposal begins at the branch. */
    GIT(&c, "--git-dir=origin.git", "update-ref", "refs/heads/main", "refs/heads/review");
    git_case_push(&c, "theirs", "0");
    check_str(propose(&c, "a", "2"), "");
    propose(&c, "a", "3");
    check_str(GIT(&c, REVIEW_LOG), "Change start\nChange a\nChange a\nChange theirs\nChange a");
    GIT(&c, "--git-dir=origin.git", "update-ref", "-d", "refs/heads/review");
    propose(&c, "a", "4");
    check_str(GIT(&c, REVIEW_LOG), "Change start\nChange a\nChange a\nChange theirs\nChange a");
    git_case_end(&c);
}

static bool prepare_and_be_overtaken_in_review(void *payload, GitRepository *repository) {
    Overtaken *overtaken = payload;
    GitCaseFile ours = {"ours", "ours"};
    if (overtaken->calls++ == 0)
        propose(overtaken->c, "theirs", "0");
    return git_case_prepare(&ours, repository);
}

static void an_overtaken_proposal_keeps_that_of_others(void **) {
    GitCase c;
    GitRepository repository;
    Overtaken overtaken = {&c, 1, 0};
    Str commit;
    git_case_start(&c);
    git_case_push(&c, "start", "0");
    git_case_open(&c, &repository);
    assert_true(git_repository_propose(&repository, STR("review"),
                                       prepare_and_be_overtaken_in_review, &overtaken, &commit));
    git_repository_close(&repository);
    check_str(GIT(&c, REVIEW_LOG), "Change start\nChange theirs\nChange ours");
    git_case_end(&c);
}

static void a_rejected_push_names_the_reason(void **) {
    static const struct {
        const char *script;
        const char *words;
        GitFailure failure;
    } cases[] = {
        {"#!/bin/sh\necho 'no ticket number' >&2\nexit 1\n", "no ticket number", GIT_FAILURE_HOOK},
        {"#!/bin/sh\necho 'GH006: Protected branch update failed' >&2\nexit 1\n",
         "the branch is protected", GIT_FAILURE_PROTECTED},
        {"#!/bin/sh\nprintf '\\033[31mred\\033[0m' >&2\nexit 1\n", "remote: red", GIT_FAILURE_HOOK},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        GitCase c;
        GitRepository repository;
        GitCaseFile file = {"a", "1"};
        git_case_start(&c);
        git_case_hook(&c, "pre-receive", cases[i].script);
        git_case_open(&c, &repository);
        assert_false(git_repository_push(&repository, git_case_prepare, &file));
        assert_int_equal(repository.failure, cases[i].failure);
        check_problem(&repository, cases[i].words);
        git_repository_close(&repository);
        git_case_end(&c);
    }
}

static void an_endless_output_is_cut(void **) {
    GitCase c;
    GitRepository repository;
    GitCaseFile file = {"a", "1"};
    git_case_start(&c);
    git_case_hook(&c, "pre-receive",
                  "#!/bin/sh\nhead -c 90000000 /dev/zero | tr '\\0' x >&2\nexit 1\n");
    git_case_open(&c, &repository);
    assert_false(git_repository_push(&repository, git_case_prepare, &file));
    assert_int_equal(repository.failure, GIT_FAILURE_HOOK);
    assert_true(repository.problem.len < 10000);
    assert_true(arena_used(c.arena) < (size_t)8 << 20);
    git_repository_close(&repository);
    git_case_end(&c);
}

/* A tree of the server that leads elsewhere: link → /etc, module → a commit. */
static void push_special_tree(GitCase *c) {
    Str path = git_case_path(c, "special");
    GIT(c, "init", "-q", "special");
    const char *directory = str_to_cstr(path, c->arena);
    assert_int_equal(symlink("/etc", str_to_cstr(git_case_path(c, "special/link"), c->arena)), 0);
    GIT(c, "-C", directory, "add", "link");
    GIT(c, "-C", directory, "update-index", "--add", "--cacheinfo",
        "160000,1234567890123456789012345678901234567890,module");
    GIT(c, "-C", directory, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "x");
    GIT(c, "-C", directory, "push", "-q", "../origin.git", "HEAD:refs/heads/main");
}

static void paths_that_leave_the_clone_are_rejected(void **) {
    static const struct {
        const char *path;
        const char *words;
    } cases[] = {
        {"link/passwd", "is a symbolic link"},
        {"link", "is a symbolic link"},
        {"module/file", "is a submodule"},
        {"module", "is a submodule"},
        {"../file", "is no path within a repository"},
        {"a/../../file", "is no path within a repository"},
        {"/etc/file", "is no path within a repository"},
        {".git/config", "is no path within a repository"},
        {"a/.GIT/hooks", "is no path within a repository"},
        {".git /config", "is no path within a repository"},
        {"a//b", "is no path within a repository"},
        {"a/", "is no path within a repository"},
        {"a\nb", "is no path within a repository"},
        {"a\\b", "is no path within a repository"},
        {"", "is no path within a repository"},
    };
    GitCase c;
    GitRepository repository;
    git_case_start(&c);
    push_special_tree(&c);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        GitCaseFile file = {cases[i].path, "x"};
        Str text;
        bool exists;
        git_case_open(&c, &repository);
        assert_false(git_repository_push(&repository, git_case_prepare, &file));
        check_problem(&repository, cases[i].words);
        assert_false(git_repository_read(&repository, str_from_cstr(file.path), &text, &exists));
        git_repository_close(&repository);
    }
    check_str(git_repository_path_problem(STR(".github/.gitignore"), c.arena), "");
    check_str(GIT(&c, LOG, "--format=%s"), "x");
    git_case_end(&c);
}

static void a_missing_branch_is_no_empty_repository(void **) {
    GitCase c;
    GitRepository repository;
    git_case_start(&c);
    git_case_push(&c, "a", "1");
    c.remote.branch = STR("other");
    git_case_open(&c, &repository);
    assert_false(git_repository_fetch(&repository));
    assert_int_equal(repository.failure, GIT_FAILURE_NO_BRANCH);
    check_problem(&repository, "no such branch");
    git_repository_close(&repository);
    c.remote.url = str_concat(c.remote.url, STR(".none"), c.arena);
    git_case_open(&c, &repository);
    assert_false(git_repository_fetch(&repository));
    assert_int_equal(repository.failure, GIT_FAILURE_NO_REPOSITORY);
    git_repository_close(&repository);
    git_case_end(&c);
}

static void a_later_commit_has_an_ancestor(void **) {
    GitCase c;
    GitRepository repository;
    bool is_ancestor;
    git_case_start(&c);
    git_case_push(&c, "a", "1");
    git_case_open(&c, &repository);
    assert_true(git_repository_fetch(&repository));
    Str first = repository.tip;
    git_case_push(&c, "a", "2");
    git_case_push(&c, "a", "3");
    Str last = GIT(&c, "--git-dir=origin.git", "rev-parse", "refs/heads/main");
    assert_true(git_repository_has_ancestor(&repository, first, last, &is_ancestor));
    assert_true(is_ancestor);
    assert_true(git_repository_has_ancestor(&repository, last, first, &is_ancestor));
    assert_false(is_ancestor);
    git_repository_close(&repository);
    git_case_end(&c);
}

static void credentials_are_in_private_files(void **) {
    GitCase c;
    GitRepository repository;
    Str config;
    struct stat found;
    git_case_start(&c);
    c.remote = (GitRemote){.url = STR("https://git.example/a.git"),
                           .branch = STR("main"),
                           .username = STR("git"),
                           .password = STR("to\"ken\\"),
                           .certificate_authority = STR("PEM\n")};
    git_case_open(&c, &repository);
    const char *directory = str_to_cstr(repository.directory.path, c.arena);
    assert_int_equal(stat(directory, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0700);
    Str path = disk_join(repository.directory.path, STR("config"), c.arena);
    assert_int_equal(stat(str_to_cstr(path, c.arena), &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    assert_int_equal(disk_real.read_file(NULL, path, &config, c.arena), 0);
    assert_true(str_find(config, STR("Authorization: Basic Z2l0OnRvImtlblw="), 0) != SIZE_MAX);
    vec_each(&repository.environment, variable) {
        assert_true(str_find(*variable, STR("Z2l0"), 0) == SIZE_MAX);
        assert_true(str_find(*variable, STR("to\"ken"), 0) == SIZE_MAX);
    }
    git_repository_close(&repository);
    assert_int_not_equal(stat(directory, &found), 0);
    git_case_end(&c);
}

UNIT_MAIN(test_git_repository) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_repository_gets_its_first_commit),
        cmocka_unit_test(equal_files_make_no_commit),
        cmocka_unit_test(a_removal_removes_one_file),
        cmocka_unit_test(a_file_is_read_as_it_is),
        cmocka_unit_test(an_overtaken_push_is_made_again_on_the_new_tip),
        cmocka_unit_test(a_proposal_leaves_the_branch_as_it_is),
        cmocka_unit_test(an_overtaken_proposal_keeps_that_of_others),
        cmocka_unit_test(a_rejected_push_names_the_reason),
        cmocka_unit_test(an_endless_output_is_cut),
        cmocka_unit_test(paths_that_leave_the_clone_are_rejected),
        cmocka_unit_test(a_missing_branch_is_no_empty_repository),
        cmocka_unit_test(a_later_commit_has_an_ancestor),
        cmocka_unit_test(credentials_are_in_private_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
