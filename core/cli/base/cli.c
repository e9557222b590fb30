/* Environment variables, output and program names, for all commands. */
#include "cli.h"
#include "version.h"

const char *cli_environment(const Cli *cli, const char *name) {
    static const char *const prefixes[] = {"LOAM_", "TF_"};
    for (size_t i = 0; i < ARRAY_COUNT(prefixes); i++) {
        Str full = str_format(cli->arena, "%s%s", prefixes[i], name);
        const Process *process = cli->io.process;
        const char *value = process->environment(process->self, str_to_cstr(full, cli->arena));
        if (value && value[0])
            return value;
    }
    return NULL;
}

void cli_write(const Cli *cli, Str text) {
    const Disk *disk = cli->io.disk;
    int error;
    if (!cli->stream.handle)
        terminal_out(text);
    else if ((error = disk->append(disk->self, cli->stream, text)) < 0)
        terminal_fail("The file of -json-into", -error);
}

static const RenderPeer terraform = {"Terraform", "terraform", true};
static const RenderPeer tofu = {"OpenTofu", "tofu", false};

static const CliName cli_names[] = {
    {"loam", "loam", VERSION_TERRAFORM, "terraform", "terraform.ui", "registry.opentofu.org",
     ".loam", false, NULL, false, false},
    {"terraform", "Terraform", VERSION_TERRAFORM, "terraform", "terraform.ui",
     "registry.terraform.io", ".terraform", true, &terraform, false, true},
    {"tofu", "OpenTofu", VERSION_OPENTOFU, "tofu", "tofu.ui", "registry.opentofu.org", ".terraform",
     true, &tofu, true, false},
};

const CliName *cli_name(const Cli *cli) {
    return cli->name ? cli->name : &cli_names[0];
}

Str cli_default_registry(const Cli *cli) {
    Str given = process_variable(cli->io.process, "LOAM_DEFAULT_REGISTRY");
    return given.len ? given : str_from_cstr(cli_name(cli)->registry);
}

const CliName *cli_name_of_program(const char *path) {
    Str name = disk_name_of(str_from_cstr(path));
    for (size_t i = 0; i < ARRAY_COUNT(cli_names); i++) {
        if (str_equal_cstr(name, cli_names[i].name))
            return &cli_names[i];
    }
    return &cli_names[0];
}

int64_t cli_now_ms(const Cli *cli) {
    return cli->io.clock->now_ms(cli->io.clock->self);
}

bool cli_approve(Cli *cli, const char *question, const char *description, const char *wanted,
                 Diags *diags) {
    RenderStyle style = terminal_style(&cli->terminal);
    const char *bold = style.color ? "\033[1m" : "";
    const char *reset = style.color ? "\033[0m" : "";
    Str accepts = str_format(cli->arena, "\n  Only '%s' will be accepted to approve.", wanted);
    bool is_said = strstr(description, "will be accepted") != NULL;
    terminal_print("\n%s%s%s\n  %s%.*s\n\n  %sEnter a value:%s ", bold, question, reset,
                   description, is_said ? 0 : (int)accepts.len, accepts.ptr, bold, reset);
    Str answer;
    TerminalAnswer answered = terminal_ask(&answer, cli->cancel, cli->arena);
    if (!style.peer || answered != ANSWER_END)
        terminal_print("\n");
    if (answered == ANSWER_END)
        diags_error(diags, NO_RANGE, "error asking for approval: EOF",
                    "Standard input has ended, so loam cannot ask for approval. To proceed without "
                    "approval, add -auto-approve.");
    return answered == ANSWER_GIVEN && str_equal_cstr(str_trim(answer), wanted);
}
