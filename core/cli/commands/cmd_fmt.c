/* loam fmt */
#include "command.h"
#include "fmt.h"
#include "fmt_yaml.h"
#include "utf8.h"

#include <stdlib.h>
#include <unistd.h>

#define STATUS_ERROR   2
#define STATUS_CHANGED 3
#define PATHS_MAX      100000

typedef bool (*Fmt)(const SourceText *source, Str *out, Arena *arena, Diags *diags);

typedef struct FileKind {
    const char *suffix;
    Fmt layout;
} FileKind;

static const FileKind file_kinds[] = {
    {".tf", fmt_file},
    {".tofu", fmt_file},
    {".tfvars", fmt_file},
    {".tftest.hcl", fmt_file},
    {".tofutest.hcl", fmt_file},
    {".tfmock.hcl", fmt_file},
    {".tfquery.hcl", fmt_file},
    {".tofumock.hcl", fmt_file},
    {".loam.yaml", fmt_yaml},
    {".loamtest.yaml", fmt_yaml},
    {".loammock.yaml", fmt_yaml},
    {".loamquery.yaml", fmt_yaml},
};

typedef struct FmtRun {
    Cli *cli;
    bool lists;
    bool writes;
    bool shows_diff;
    bool checks;
    bool is_recursive;
    bool has_changes;
    Diags *diags;
} FmtRun;

static const Option fmt_options[] = {
    {"list", OPTION_FLAG_ON, NULL, "List the changed files (default true)."},
    {"write", OPTION_FLAG_ON, NULL, "Write the formatted files (default true)."},
    {"diff", OPTION_FLAG, NULL, "Show the changes as a diff."},
    {"check", OPTION_FLAG, NULL, "Write nothing; exit with status 3 if a file is not formatted."},
    {"recursive", OPTION_FLAG, NULL, "Also format files in subdirectories."},
};

static bool cmd_fmt_report(FmtRun *run, const char *summary, Str path, int error) {
    const char *hint = disk_hint(error, "");
    return diags_fail(run->diags, NO_RANGE, summary, "\"%.*s\": %s.%s%s", STR_ARG(path),
                      process_error(error), hint[0] ? " " : "", hint);
}

static Fmt find_layout(Str name) {
    for (size_t i = 0; i < ARRAY_COUNT(file_kinds); i++) {
        if (str_ends_with(name, str_from_cstr(file_kinds[i].suffix)))
            return file_kinds[i].layout;
    }
    return NULL;
}

/* Writes the old text to a temporary file for diff: text from standard input is not on disk. */
static bool write_aside(FmtRun *run, Str bytes, Str *path, Arena *scratch) {
    const char *directory = run->cli->io.process->environment(run->cli->io.process->self, "TMPDIR");
    Str name = str_format(scratch, "loam-fmt-%d.old", (int)getpid());
    *path = disk_join(str_from_cstr(directory ? directory : "/tmp"), name, scratch);
    const Disk *disk = run->cli->io.disk;
    int error = disk->write_file(disk->self, *path, bytes, 0600);
    return !error || cmd_fmt_report(run, "Failed to write the text for the diff", *path, error);
}

/* Shows the differences with the system's program diff. */
static bool show_diff(FmtRun *run, Str path, Str old, Str laid_out, Arena *scratch) {
    const Disk *disk = run->cli->io.disk;
    const Process *process = run->cli->io.process;
    Str aside;
    if (!write_aside(run, old, &aside, scratch))
        return false;
    Str old_label = str_format(scratch, "old/%.*s", STR_ARG(path));
    Str new_label = str_format(scratch, "new/%.*s", STR_ARG(path));
    const char *const argv[] = {"diff",
                                "-u",
                                "-L",
                                str_to_cstr(old_label, scratch),
                                "-L",
                                str_to_cstr(new_label, scratch),
                                str_to_cstr(aside, scratch),
                                "-",
                                NULL};
    ProcessRequest request = {.argv = argv, .input = laid_out, .cancel = run->cli->cancel};
    ProcessResult result = {0};
    int error = process->run(process->self, &request, &result, scratch);
    disk->remove(disk->self, aside);
    if (error)
        return cmd_fmt_report(run, "Failed to run the diff program", STR("diff"), error);
    if (result.exit_status > 1)
        return diags_fail(run->diags, NO_RANGE, "Failed to compute the diff", "diff: %.*s",
                          STR_ARG(utf8_indented(result.err, scratch)));
    terminal_out(result.out);
    return true;
}

/* Resolves symbolic links. */
static Str cmd_fmt_real_path(Str path, Arena *arena) {
    char *real = realpath(str_to_cstr(path, arena), NULL);
    if (!real)
        return path;
    path = str_clone(str_from_cstr(real), arena);
    free(real);
    return path;
}

/* Writes to the target of a symbolic link, so that the link remains. */
static bool write_back(FmtRun *run, Str path, Str text, Arena *scratch) {
    const Disk *disk = run->cli->io.disk;
    DiskStat stat;
    int error = disk->stat(disk->self, path, &stat);
    if (!error)
        error = disk->write_file(disk->self, cmd_fmt_real_path(path, scratch), text, stat.mode);
    return !error || cmd_fmt_report(run, "Failed to write the file", path, error);
}

static bool finish_file(FmtRun *run, Str path, Str old, Str text, Arena *scratch) {
    bool is_same = str_equal(old, text);
    if (!run->lists && !run->writes && !run->shows_diff && !run->checks)
        terminal_out(text);
    if (is_same)
        return true;
    run->has_changes = true;
    if (run->lists)
        terminal_print("%.*s\n", STR_ARG(path));
    if (run->writes && !write_back(run, path, text, scratch))
        return false;
    return !run->shows_diff || show_diff(run, path, old, text, scratch);
}

static bool cmd_fmt_run_file(FmtRun *run, Str path) {
    SCOPED(ArenaRef) scratch = arena_open("fmt");
    Arena *kept = run->cli->arena; /* owns the texts that diagnostics point into */
    const Disk *disk = run->cli->io.disk;
    Str old, text;
    int error = disk->read_file(disk->self, path, &old, kept);
    if (error)
        return cmd_fmt_report(run, "Failed to read the file", path, error);
    const SourceText *source = source_text_new(path, old, kept);
    return find_layout(path)(source, &text, scratch, run->diags) &&
           finish_file(run, path, old, text, scratch);
}

/* Files that editors and version control keep beside the sources. */
static bool is_aside(Str name) {
    return str_starts_with(name, STR(".")) || str_starts_with(name, STR("#")) ||
           str_ends_with(name, STR("~"));
}

/* Returns false for a symbolic link, as links between directories may be circular. */
static bool is_own_directory(Str directory, Str path, Arena *arena) {
    Str plain = disk_join(cmd_fmt_real_path(directory, arena), disk_name_of(path), arena);
    return str_equal(plain, cmd_fmt_real_path(path, arena));
}

/* Formats the files of the directory; queues its subdirectories. */
static bool run_directory(FmtRun *run, Str directory, StrVec *directories) {
    const Disk *disk = run->cli->io.disk;
    DiskEntries entries = {0};
    int error = disk->list(disk->self, directory, &entries, run->cli->arena);
    if (error)
        return cmd_fmt_report(run, "Failed to read the directory", directory, error);
    bool ok = true;
    vec_each(&entries, entry) {
        Str path = str_equal(directory, STR("."))
                       ? entry->name
                       : disk_join(directory, entry->name, run->cli->arena);
        if (is_aside(entry->name))
            continue;
        bool enters = entry->kind == DISK_DIRECTORY && run->is_recursive;
        if (enters && is_own_directory(directory, path, run->cli->arena))
            vec_push(run->cli->arena, directories, path);
        else if (entry->kind == DISK_FILE && find_layout(entry->name))
            ok = cmd_fmt_run_file(run, path) && ok;
    }
    return ok;
}

static bool run_path(FmtRun *run, Str path) {
    const Disk *disk = run->cli->io.disk;
    DiskStat stat;
    int error = disk->stat(disk->self, path, &stat);
    if (error)
        return cmd_fmt_report(run, "No such file or directory", path, error);
    path = disk_clean(path, run->cli->arena);
    if (stat.kind != DISK_DIRECTORY && find_layout(path))
        return cmd_fmt_run_file(run, path);
    if (stat.kind != DISK_DIRECTORY)
        return diags_fail(run->diags, NO_RANGE, "Unsupported file type",
                          "loam cannot format \"%.*s\". The name must end in .tf, .tofu, .tfvars, "
                          ".tftest.hcl, .tofutest.hcl, .tfmock.hcl, .tofumock.hcl, .tfquery.hcl, "
                          ".loam.yaml, .loamtest.yaml, .loammock.yaml or .loamquery.yaml.",
                          STR_ARG(path));
    StrVec directories = {0};
    vec_push(run->cli->arena, &directories, path);
    bool ok = true;
    for (size_t i = 0; i < directories.count; i++)
        ok = run_directory(run, directories.items[i], &directories) && ok;
    return ok;
}

static bool run_stdin(FmtRun *run) {
    Arena *arena = run->cli->arena;
    Str path = STR("<stdin>");
    Str old = terminal_read_all(arena);
    Str text;
    run->lists = false;
    run->writes = false;
    return fmt_stream(source_text_new(path, old, arena), &text, arena, run->diags) &&
           finish_file(run, path, old, text, arena);
}

static int cmd_fmt_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    FmtRun run = {
        .cli = cli,
        .lists = option_flag(arguments, "list"),
        .writes = option_flag(arguments, "write"),
        .shows_diff = option_flag(arguments, "diff"),
        .checks = option_flag(arguments, "check"),
        .is_recursive = option_flag(arguments, "recursive"),
        .diags = diags,
    };
    const StrVec *paths = &arguments->positionals;
    if (run.checks)
        run.writes = false;
    bool ok = true;
    if (paths->count == 1 && str_equal(paths->items[0], STR("-")))
        ok = run_stdin(&run);
    else if (paths->count == 0)
        ok = run_path(&run, STR("."));
    else
        vec_each(paths, path)
            ok = run_path(&run, *path) && ok;
    if (!ok)
        return STATUS_ERROR;
    return run.checks && run.has_changes ? STATUS_CHANGED : 0;
}

static const CommandStatus fmt_statuses[] = {
    {2, "A file cannot be parsed."}, {3, "With -check, a file is not formatted."}, {0}};

const Command cmd_fmt = {
    .name = "fmt",
    .summary = "Format configuration files",
    .usage = "[options] [PATH ...]",
    .about =
        "Rewrites files in the canonical format: indentation, spaces, alignment. If PATH is a "
        "directory, formats the files in it; without PATH, those of the current directory. With "
        "\"-\", reads native syntax from standard input and writes to standard output.\n"
        "In YAML, only the text inside ${...} and %{...} is formatted. JSON is left unchanged.\n"
        "Exit status 2: a file could not be read or parsed; 3: with -check, a file is not "
        "formatted.",
    .statuses = fmt_statuses,
    .example = "loam fmt -check -recursive",
    .groups = {OPTION_GROUP(fmt_options), &option_view},
    .most_positionals = PATHS_MAX,
    .run = cmd_fmt_run,
};
