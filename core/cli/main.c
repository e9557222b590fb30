/* The program: builds the effects, the memory and the terminal, and runs one command. Under other
 * names, the program is the outcome keeper of another run, or a provider of Terraform. */
#include "builtin.h"
#include "command_table.h"
#include "fetch.h"
#include "foreign_programs.h"
#include "foreign_server.h"
#include "functions.h"
#include "keeper.h"
#include "log.h"
#include "outcome_file.h"
#include "plugin.h"
#include "provided_functions.h"
#include "signals.h"
#include "ssh_share.h"
#include "version.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#define PREFIX "terraform-provider-"

/* Returns the name of the provider if the path of the program is terraform-provider-NAME, with or
 * without a version ("terraform-provider-ssh_v0.1.0"); else the empty text. */
static Str serve_main_name(const char *program) {
    Str name = disk_name_of(str_from_cstr(program));
    if (!str_starts_with(name, STR(PREFIX)))
        return STR_EMPTY;
    name = str_after(name, sizeof PREFIX - 1);
    return str_slice(name, 0, str_find_char(name, '_', 0));
}

/* Terraform reads the log from standard error, a JSON object a line. */
static void serve_main_set_up_log(const Process *process) {
    static const struct {
        const char *name;
        LogLevel level;
    } levels[] = {
        {"TRACE", LOG_TRACE}, {"DEBUG", LOG_DEBUG}, {"INFO", LOG_INFO},
        {"WARN", LOG_WARN},   {"ERROR", LOG_ERROR}, {"JSON", LOG_TRACE},
    };
    Str wanted = process_variable(process, "TF_LOG_PROVIDER");
    if (wanted.len == 0)
        wanted = process_variable(process, "TF_LOG");
    log_set_format(LOG_FORMAT_JSON);
    for (size_t i = 0; i < ARRAY_COUNT(levels); i++) {
        if (wanted.len && strncasecmp(wanted.ptr, levels[i].name, strlen(levels[i].name)) == 0)
            log_set_level(levels[i].level);
    }
}

static bool serve_main_announce(void *, Str line) {
    while (line.len > 0) {
        ssize_t count = write(STDOUT_FILENO, line.ptr, line.len);
        if (count < 0 && errno != EINTR)
            return false;
        line = str_after(line, count > 0 ? (size_t)count : 0);
    }
    return true;
}

/* Only errors: before the handshake, Terraform shows this text to the user. */
static int serve_main_report(const Diags *diags, Arena *arena) {
    vec_each(diags, diag) {
        terminal_err(str_format(arena, "Error: %.*s\n\n%.*s\n", STR_ARG(diag->summary),
                                STR_ARG(diag->detail)));
    }
    return terminal_finish() ? 1 : 2;
}

static bool check_started_by_client(const Process *process, Str name, Diags *diags) {
    if (str_equal(process_variable(process, FOREIGN_SERVER_COOKIE),
                  STR(FOREIGN_SERVER_COOKIE_VALUE)))
        return true;
    return diags_fail(diags, NO_RANGE, "This program is a plugin",
                      "This is loam, called as the provider \"%.*s\" of Terraform. Terraform "
                      "starts it itself; it cannot be run from a command line. \"loam providers "
                      "link -help\" describes how Terraform finds it.",
                      STR_ARG(name));
}

/* A provider of Terraform: serves the provider until the end of the client. */
static int serve_main(Str name, Arena *arena) {
    Io io = io_real();
    Registry *registry =
        registry_new(builtin_providers, builtin_provider_count, plugin_path("", arena), arena);
    Diags diags = diags_new(arena);
    ForeignServing serving = {
        .io = &io, .version = STR(VERSION_LOAM), .announce = serve_main_announce};
    if (!check_started_by_client(io.process, name, &diags) ||
        !registry_find(registry, name, &serving.provider, NO_RANGE, &diags))
        return serve_main_report(&diags, arena);
    serve_main_set_up_log(io.process);
    if (!foreign_server_run(&serving, &diags))
        return serve_main_report(&diags, arena);
    return 0;
}

/* The outcome keeper: runs until the end of the run that started it. */
static int keeper_main(Arena *arena) {
    KeeperSink sink = outcome_file_sink(&disk_real, arena);
    return keeper_server_run(&rpc_real, &sink);
}

/* Opens closed descriptors 0 to 2, so that no other file gets these numbers. Writing to a closed
 * standard output still fails. */
static void open_standard_files(void) {
    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) < 0)
            (void)open("/dev/null", fd == 1 ? O_RDONLY : O_RDWR);
    }
}

/* A core file would contain every secret in memory. The limit does not stop a core_pattern that
 * pipes to a program, so the process is made undumpable as well. */
static void forbid_core_files(void) {
    struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
}

/* The plugins are in lib/loam beside the program, as built, or one level up, as installed. */
static void find_plugins(void) {
    SCOPED(ArenaRef) scratch = arena_open("plugins");
    char path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path);
    Str directory = length > 0 ? disk_directory_of((Str){path, (size_t)length}) : STR("/usr/bin");
    Str built = disk_join(directory, STR("lib/loam"), scratch);
    Str installed = disk_join(disk_directory_of(directory), STR("lib/loam"), scratch);
    plugin_set_directory(disk_exists(&disk_real, built) ? built : installed);
}

/* Parses a level of TF_LOG. Any other text, such as JSON, selects TRACE. */
static LogLevel log_level(const char *name) {
    static const struct {
        const char *name;
        LogLevel level;
    } levels[] = {
        {"OFF", LOG_OFF},   {"ERROR", LOG_ERROR}, {"WARN", LOG_WARN},
        {"INFO", LOG_INFO}, {"DEBUG", LOG_DEBUG},
    };
    if (!name)
        return LOG_OFF;
    for (size_t i = 0; i < ARRAY_COUNT(levels); i++) {
        if (strcasecmp(name, levels[i].name) == 0)
            return levels[i].level;
    }
    return LOG_TRACE;
}

static bool is_json(const char *text) {
    return text && strcasecmp(text, "json") == 0;
}

static void main_set_up_log(const Cli *cli) {
    static const char *const variables[] = {"LOG", "LOG_CORE", "LOG_PROVIDER"};
    const char *path = cli_environment(cli, "LOG_PATH");
    bool json = is_json(cli_environment(cli, "LOG_FORMAT"));
    LogLevel level = LOG_OFF;
    for (size_t i = 0; i < ARRAY_COUNT(variables); i++) {
        const char *text = cli_environment(cli, variables[i]);
        LogLevel wanted = log_level(text);
        level = wanted > level ? wanted : level;
        json = json || is_json(text);
    }
    log_set_format(json ? LOG_FORMAT_JSON : LOG_FORMAT_TEXT);
    if (level == LOG_OFF)
        return;
    log_set_level(level);
    bool is_outside =
        path && disk_outside_link(cli->io.disk, str_from_cstr(path), cli->arena).len > 0;
    if (path && (is_outside || !log_set_path(path)))
        terminal_err(STR("The log file cannot be opened; logging to standard error instead.\n"));
}

/* Reads the global options before the command; performs -chdir. */
static bool read_global_options(Cli *cli, int argc, char **argv, StrVec *words) {
    int i = 1;
    for (; i < argc; i++) {
        Str word = str_from_cstr(argv[i]);
        Str name = str_after(word, str_starts_with(word, STR("--")) ? 2 : 1);
        if (str_starts_with(word, STR("-")) && str_starts_with(name, STR("chdir="))) {
            const char *directory = argv[i] + (str_after(name, 6).ptr - word.ptr);
            if (chdir(directory) == 0)
                continue;
            terminal_err(str_format(cli->arena,
                                    "loam cannot change to the directory \"%s\" of -chdir: %s.\n",
                                    directory, strerror(errno)));
            return false;
        }
        bool is_version = str_equal(name, STR("version")) || str_equal(name, STR("v"));
        if (str_starts_with(word, STR("-")) && is_version) {
            vec_push(cli->arena, words, STR("version"));
            continue;
        }
        break;
    }
    for (; i < argc; i++)
        vec_push(cli->arena, words, str_from_cstr(argv[i]));
    return true;
}

static Str current_directory(Arena *arena) {
    char path[4096];
    return getcwd(path, sizeof path) ? str_clone(str_from_cstr(path), arena) : STR(".");
}

static Str find_workspace(const Cli *cli) {
    const char *chosen = cli_environment(cli, "WORKSPACE");
    if (chosen)
        return str_from_cstr(chosen);
    Str text;
    Str path = disk_join(cli->data_directory, STR("environment"), cli->arena);
    if (cli->io.disk->read_file(cli->io.disk->self, path, &text, cli->arena) == 0) {
        text = str_trim(text);
        if (text.len > 0)
            return text;
    }
    return STR("default");
}

#define TERRAFORM_COLUMNS 77 /* of its errors if the output is no terminal */

/* Programs that call Terraform or OpenTofu search their output. Both colour it even if it is
   redirected, and wrap errors. The library terraform-exec calls any program by its path, and names
   itself in TF_APPEND_USER_AGENT. */
static void imitate_output(Cli *cli) {
    const char *agent = getenv("TF_APPEND_USER_AGENT");
    bool is_other = cli_name(cli)->is_other;
    cli->terminal.color |= is_other;
    cli->terminal.peer = cli_name(cli)->peer;
    if (is_other || (agent && agent[0]))
        cli->terminal.paragraph = TERRAFORM_COLUMNS;
}

/* Returns the search for functions of providers that are programs. */
static FunctionSearch *main_build(Cli *cli) {
    cli->io = io_real();
    cli->io.ssh_share = ssh_share_open(cli->io.ssh);
    cli->version = STR(VERSION_LOAM);
    cli->terminal = terminal_probe();
    imitate_output(cli);
    cli->started_in = current_directory(cli->arena);
    cli->registry = registry_new(builtin_providers, builtin_provider_count,
                                 plugin_path("", cli->arena), cli->arena);
    cli->provisioners = &builtin_provisioners;
    cli->commands = &command_table;
    ModuleSources *sources = arena_new(cli->arena, ModuleSources);
    *sources = fetch_table;
    sources->default_host = cli_default_registry(cli);
    cli->module_sources = sources;
    FunctionFamily provided =
        provided_functions(builtin_providers, builtin_provider_count, cli->arena);
    FunctionTable *functions = functions_table(&provided, cli->arena);
    cli->functions = functions;
    return provided_functions_search(functions, cli->registry, cli->arena);
}

int main(int argc, char **argv) {
    open_standard_files();
    forbid_core_files();
    find_plugins();
    process_enforce();
    if (argc > 0 && strcmp(argv[0], KEEPER_NAME) == 0) {
        SCOPED(ArenaRef) arena = arena_open("outcome keeper");
        return keeper_main(arena);
    }
    (void)setlocale(LC_CTYPE, "");
    Str served = argc > 0 ? serve_main_name(argv[0]) : STR_EMPTY;
    if (served.len > 0) {
        SCOPED(ArenaRef) arena = arena_open("served provider");
        return serve_main(served, arena);
    }
    Cli cli = {
        .arena = arena_open("run"),
        .cancel = cancel_open(),
        .name = cli_name_of_program(argc > 0 ? argv[0] : "loam"),
    };
    cli.signals = signals_start(cli.cancel);
    FunctionSearch *search = main_build(&cli);
    main_set_up_log(&cli);
    StrVec words = {0};
    int status = 1;
    if (read_global_options(&cli, argc, argv, &words)) {
        const char *data = cli_environment(&cli, "DATA_DIR");
        cli.data_directory = str_from_cstr(data ? data : cli_name(&cli)->data_dir);
        cli.in_automation = cli_environment(&cli, "IN_AUTOMATION") != NULL;
        cli.terminal.in_automation = cli.in_automation;
        cli.workspace = find_workspace(&cli);
        int64_t began_ms = log_clock_ms();
        log_debug("run", log_text("version", cli.version),
                  log_text("command", words.count > 0 ? words.items[0] : STR_EMPTY));
        ForeignPrograms *programs = foreign_programs_open(&cli);
        status = command_run(&cli, &words);
        foreign_programs_close(programs);
        log_debug("end", log_number("status", status), log_took(began_ms));
    }
    if (!terminal_finish())
        status = 1;
    log_set_level(LOG_OFF); /* the values to mask live in the arena */
    provided_functions_close(search);
    ssh_share_close(cli.io.ssh_share);
    arena_close(cli.arena);
    return status;
}
