/* Installs packages of providers under the lock of their directory. */
#include "provider_setup.h"
#include "package_record.h"
#include "package_store.h"
#include "provider_address.h"
#include "provider_twins.h"
#include "reporting.h"
#include "view.h"

#include <errno.h>

static bool warning_add(Project *project, const ProviderNeeds *needs, const char *consequence) {
    StrBuf names = strbuf_new(project->cli->arena);
    vec_each(needs, need) {
        Str directory = foreign_programs_override(project->cli->foreign, need->address);
        if (need->answer == PROVIDER_OVERRIDDEN)
            strbuf_add_format(
                &names, "  - %.*s in %.*s\n",
                STR_ARG(provider_address_shown(need->address, cli_default_registry(project->cli))),
                STR_ARG(directory));
    }
    if (strbuf_str(&names).len == 0)
        return false;
    diags_warning(project->diags, NO_RANGE, "Provider development overrides are in effect",
                  "dev_overrides of the CLI configuration name the programs of these "
                  "providers%s:\n"
                  "%.*s",
                  consequence, STR_ARG(strbuf_str(&names)));
    return true;
}

/* A problem of the CLI configuration is an error when the provider starts. */
bool provider_setup_warn_of_overrides(Project *project) {
    Diags ignored = diags_new(project->cli->arena);
    ProviderNeeds needs = {0};
    return provider_needs_of(project->cli->foreign, project->config, NULL, &needs,
                             project->cli->arena, &ignored) &&
           warning_add(
               project, &needs,
               ", which may differ from every release. A release may be unable to read the objects "
               "that they store");
}

void provider_setup_show_overrides(Project *project) {
    Cli *cli = project->cli;
    if (provider_setup_warn_of_overrides(project) && cli_name(cli)->peer)
        view_show_diags(cli->view, project->diags);
}

void provider_setup_tell(void *payload, Str people, Str log) {
    const Cli *cli = payload;
    cli->view->type->note(cli->view, cli->view->type->can_ask ? people : log);
}

StrVec provider_setup_values(const Project *project, const char *option) {
    StrVec values = {0};
    vec_each(&project->arguments->options, given) {
        if (strcmp(given->option->name, option) == 0)
            vec_push(project->cli->arena, &values, given->text);
    }
    return values;
}

WantedProviders provider_setup_wanted(const ProviderNeeds *needs, Arena *arena) {
    WantedProviders wanted = {0};
    vec_each(needs, need) {
        if (need->answer == PROVIDER_INSTALLED)
            vec_push(arena, &wanted, (WantedProvider){need->address, need->constraints});
    }
    return wanted;
}

const State *provider_setup_read_state(Project *project) {
    Diags *diags = project->diags;
    Diags ignored = diags_new(project->cli->arena);
    project->diags = &ignored;
    bool ok = project_open_state(project, LOCK_NONE);
    project->diags = diags;
    return ok ? project->state : NULL;
}

static Str setup_joined(const StrVec *names, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    vec_each(names, name) {
        strbuf_add_format(&text, "  - %.*s\n", STR_ARG(*name));
    }
    return strbuf_str(&text);
}

static void warn_of_local_hashes(const ProviderInstalled *installed, Arena *arena, Diags *diags) {
    if (installed->local.count == 0)
        return;
    Str platform = provider_address_platform();
    diags_warning(diags, NO_RANGE, "Incomplete lock file information for providers",
                  "The installation methods have no signed checksums of these providers, so loam "
                  "computed their checksums from the installed packages:\n"
                  "%.*s\n"
                  "%s lists only the checksums for %.*s, and installations on other platforms will "
                  "fail. To add a platform, run \"loam providers lock -platform=OS_ARCH\".",
                  STR_ARG(setup_joined(&installed->local, arena)), DEPENDENCY_LOCK_NAME,
                  STR_ARG(platform));
}

static Str peer_lock_note(const Cli *cli, bool is_new) {
    const CliName *name = cli_name(cli);
    const char *apart = name->is_tofu ? "\n" : ""; /* an empty line */
    bool has_bold = cli->view->type->can_ask && cli->terminal.color;
    if (!is_new)
        return str_format(
            cli->arena,
            "%s%s has made some changes to the provider dependency selections recorded\n"
            "in the .terraform.lock.hcl file. Review those changes and commit them to your\n"
            "version control system if they represent changes you intended to make.",
            apart, name->title);
    return str_format(
        cli->arena,
        "%s%s has created a lock file %s.terraform.lock.hcl%s to record the provider\n"
        "selections it made above. Include this file in your version control repository\n"
        "so that %s can guarantee to make the same selections by default when\n"
        "you run \"%s init\" in the future.",
        apart, name->title, has_bold ? "\033[1m" : "", has_bold ? "\033[0m" : "", name->title,
        name->name);
}

/* The advice about a new or changed lock file. */
static Str lock_note(const Cli *cli, bool is_new) {
    if (cli_name(cli)->peer)
        return peer_lock_note(cli, is_new);
    if (!is_new)
        return STR("Changed the provider selections in the lock file " DEPENDENCY_LOCK_NAME ".\n"
                   "Review the changes, and keep the file in version control.");
    return STR("Created the lock file " DEPENDENCY_LOCK_NAME
               ", which records the provider selections\n"
               "made above. Keep it in version control, so that later runs of \"loam init\" make "
               "the\n"
               "same selections.");
}

static bool write_lock(Project *project, const DependencyLock *before, const DependencyLock *lock) {
    Cli *cli = project->cli;
    View *view = cli->view;
    if (str_equal(dependency_lock_text(before, cli->arena), dependency_lock_text(lock, cli->arena)))
        return true;
    if (project->options.keeps_lock)
        return diags_fail(
            project->diags, NO_RANGE, "Provider dependency changes detected",
            "The selected providers differ from %s, and -lockfile=readonly forbids changing it. "
            "Run \"loam init\" without that option, and keep the file in version control.",
            DEPENDENCY_LOCK_NAME);
    if (!dependency_lock_write(&cli->io, STR("."), lock, project->diags))
        return false;
    bool is_new = !before->text.ptr;
    view->type->step(view, is_new ? "lock_info" : "dependencies_lock_changes_info",
                     lock_note(cli, is_new), true);
    return true;
}

/* Lets the lock file select the versions that it selects on the other public registry. */
static void move_lock(Project *project, const WantedProviders *wanted, DependencyLock *lock) {
    Cli *cli = project->cli;
    Str host = cli_default_registry(cli);
    vec_each(wanted, provider) {
        const DependencyEntry *entry = dependency_lock_move(lock, provider->address, cli->arena);
        if (!entry)
            continue;
        Str line = str_format(cli->arena,
                              "- The lock file selects %.*s of %.*s for the host %.*s; its "
                              "checksums are recorded anew.",
                              STR_ARG(entry->version),
                              STR_ARG(provider_address_shown(entry->address, host)), STR_ARG(host));
        provider_setup_tell(cli, line, line);
    }
}

static bool setup_install(Project *project, const CliConfig *config, const WantedProviders *wanted,
                          const ProviderNeeds *needs) {
    Cli *cli = project->cli;
    ProviderInstalled installed;
    DependencyLock before;
    if (!dependency_lock_read(&cli->io, STR("."), &before, cli->arena, project->diags))
        return false;
    DependencyLock lock = dependency_lock_clone(&before, cli->arena);
    move_lock(project, wanted, &lock);
    ProviderInstall request = {
        .sources = {&cli->io, cli->cancel, config},
        .directory = foreign_programs_directory(cli),
        .platform = provider_address_platform(),
        .upgrade = project->options.upgrades_modules,
        .command = "loam init",
        .tell = provider_setup_tell,
        .payload = cli,
    };
    vec_each(needs, need) {
        vec_push(cli->arena, &request.kept, need->address);
    }
    /* What cannot be recorded could not be used, so nothing is downloaded then. */
    PackageRecord record = package_record_read(&cli->io, cli->arena);
    if (wanted->count > 0 && !package_record_write(&cli->io, &record.hashes, project->diags))
        return false;
    if (!provider_install_run(&request, wanted, &lock, &installed, cli->arena, project->diags))
        return false;
    if (!lock.program.len && lock.entries.count && cli_name(cli)->is_tofu)
        lock.program = STR("tofu");
    if (!write_lock(project, &before, &lock) ||
        (wanted->count > 0 && !package_record_write(&cli->io, &installed.hashes, project->diags)))
        return false;
    warn_of_local_hashes(&installed, cli->arena, project->diags);
    return true;
}

static bool install_locked(Project *project, const CliConfig *config, const WantedProviders *wanted,
                           const ProviderNeeds *needs) {
    Cli *cli = project->cli;
    DiskFile guard;
    Str directory = foreign_programs_directory(cli);
    int status = package_store_lock(&cli->io, directory, cli->cancel, &guard, cli->arena);
    if (status == -EAGAIN)
        return diags_fail(project->diags, NO_RANGE, "Provider installation in progress",
                          "Another process has been installing providers into \"%.*s\" for ten "
                          "minutes. Wait until it ends, then try again.",
                          STR_ARG(directory));
    if (status != 0)
        return diags_fail(project->diags, NO_RANGE, "Failed to install providers",
                          "\"%.*s\" cannot be written: %s. %s", STR_ARG(directory),
                          strerror(-status), disk_data_hint(status));
    bool ok = setup_install(project, config, wanted, needs);
    cli->io.disk->close(cli->io.disk->self, guard);
    return ok;
}

/* Rejects a built-in provider that the program does not have, and a version constraint: it has the
 * version of the program. As in Terraform, commands other than init ignore the constraint. */
static bool check_builtin(const ProviderNeed *need, Diags *diags) {
    static const Str namespace = STR_CONST("terraform.io/builtin/");
    if (!str_starts_with(need->address, namespace))
        return true;
    if (need->answer != PROVIDER_BUILT_IN)
        return diags_fail(diags, need->range, "Invalid dependency on built-in provider",
                          "This program has no built-in provider \"%.*s\". Correct its source.",
                          STR_ARG(str_after(need->address, namespace.len)));
    return need->constraints.len == 0 ||
           diags_fail(diags, need->range, "Invalid dependency on built-in provider",
                      "This provider is built in and has the version of the program. Remove "
                      "\"version\"; to require a program version, use required_version.");
}

static bool check_builtins(const ProviderNeeds *needs, Diags *diags) {
    bool ok = true;
    vec_each(needs, need)
        ok = check_builtin(need, diags) && ok;
    return ok;
}

/* The peers have one built-in provider, and name it. */
static void report_builtin(const Cli *cli, const ProviderNeeds *needs) {
    const RenderPeer *peer = cli_name(cli)->peer;
    vec_each(needs, need) {
        if (peer && cli->view->type->can_ask && need->answer == PROVIDER_BUILT_IN)
            cli->view->type->note(
                cli->view, str_format(cli->arena, "- %.*s is built in to %s",
                                      STR_ARG(provider_address_shown(need->address,
                                                                     cli_default_registry(cli))),
                                      peer->title));
    }
}

static bool setup_all(Project *project) {
    Cli *cli = project->cli;
    ProviderNeeds needs = {0};
    const State *state = provider_setup_read_state(project);
    if (!provider_twins_adopt(cli->foreign, project->config, state, cli->arena, project->diags) ||
        !provider_needs_of(cli->foreign, project->config, state, &needs, cli->arena,
                           project->diags) ||
        !check_builtins(&needs, project->diags))
        return false;
    WantedProviders wanted = provider_setup_wanted(&needs, cli->arena);
    report_builtin(cli, &needs);
    (void)warning_add(project, &needs, ", which init does not install");
    if (wanted.count == 0)
        return setup_install(project, NULL, &wanted, &needs);
    CliConfig *config = foreign_programs_config(cli->foreign, project->diags);
    StrVec directories = provider_setup_values(project, "plugin-dir");
    if (config && directories.count)
        package_source_only(config, &directories, cli->arena);
    return config && install_locked(project, config, &wanted, &needs);
}

bool provider_setup_run(Project *project) {
    Reporting *reporting = project->cli->reporting;
    reporting_part(reporting, "init providers", false, true);
    bool ok = setup_all(project);
    reporting_part(reporting, "init providers", true, ok);
    return ok;
}
