/* Reads environment, CLI configuration and dependency lock at the first lookup of a provider that
 * they may concern. */
#include "foreign_programs.h"
#include "cli_config_load.h"
#include "json.h"
#include "mirror_directory.h"
#include "package_record.h"
#include "package_store.h"
#include "provider_address.h"
#include "utf8.h"
#include "version_constraint.h"

struct ForeignPrograms {
    ForeignLocator locator;
    const ProviderSource *source;
    Cli *cli;
    ForeignConstraints constraints; /* NULL: no configuration is loaded */
    void *payload;
    StrVec explicit; /* addresses that the configuration names in full */
    bool is_validating;
    bool is_preferred; /* programs take precedence over the providers that loam contains */
    bool is_read;      /* `config` and `reattached` */
    CliConfig config;
    Value reattached; /* an object: address → where the process listens */
    bool has_lock;
    DependencyLock lock;
    PackageRecord record;        /* read with the lock */
    VEC(StoredPackage) packages; /* whose programs run, or may run */
};

static bool read_reattached(ForeignPrograms *programs, Diags *diags) {
    const Cli *cli = programs->cli;
    Str text = process_variable(cli->io.process, "TF_REATTACH_PROVIDERS");
    const char *error = NULL;
    size_t offset;
    programs->reattached = value_null(&TYPE_DYNAMIC);
    if (text.len == 0)
        return true;
    if (json_parse_any(text, &programs->reattached, &error, &offset, cli->arena) &&
        programs->reattached.type->kind == KIND_OBJECT)
        return true;
    return diags_fail(diags, NO_RANGE, "Invalid TF_REATTACH_PROVIDERS",
                      "The environment variable TF_REATTACH_PROVIDERS must be a JSON object, as "
                      "the provider prints it when it is started with -debug.");
}

static bool programs_read_settings(ForeignPrograms *programs, Diags *diags) {
    const Cli *cli = programs->cli;
    bool is_tofu = cli_name(cli)->is_tofu;
    if (programs->is_read)
        return true;
    if (!read_reattached(programs, diags) ||
        !cli_config_load(&cli->io, is_tofu, cli_default_registry(cli), &programs->config,
                         cli->arena, diags))
        return false;
    programs->is_read = true;
    return true;
}

static void add_implied(CliConfig *config, const Io *io, Str directory, StrVec *served,
                        Arena *arena) {
    StrVec found = {0};
    if (!str_starts_with(directory, STR("/")))
        return;
    mirror_directory_addresses(io->disk, directory, &found, arena);
    if (found.count == 0)
        return;
    CliInstallation *installation = vec_add(arena, &config->installations);
    *installation = (CliInstallation){.method = CLI_METHOD_FILESYSTEM_MIRROR,
                                      .path = directory,
                                      .include = found,
                                      .has_include = true};
    vec_each(&found, address) {
        vec_push(arena, served, *address);
    }
}

static Str variable_or(const Io *io, const char *name, const char *otherwise) {
    Str value = process_variable(io->process, name);
    return value.len ? value : str_from_cstr(otherwise);
}

/* Completes a configuration without provider_installation: the directories for providers of this
 * user and this machine serve the providers that they have, and registries serve all others. */
static void programs_imply_source(CliConfig *config, const Io *io, Arena *arena) {
    StrVec served = {0};
    Str directory;
    if (config->has_installation)
        return;
    config->has_installation = true;
    Str here;
    if (cli_config_trusts_project(io) &&
        io->disk->real_path(io->disk->self, STR("."), &here, arena) == 0)
        add_implied(config, io, disk_join(here, STR("terraform.d/plugins"), arena), &served, arena);
    Str home = process_variable(io->process, "HOME");
    Str data = variable_or(io, "XDG_DATA_HOME", "");
    add_implied(config, io, disk_join(home, STR(".terraform.d/plugins"), arena), &served, arena);
    if (data.len == 0)
        data = disk_join(home, STR(".local/share"), arena);
    add_implied(config, io, disk_join(data, STR("terraform/plugins"), arena), &served, arena);
    Str rest = variable_or(io, "XDG_DATA_DIRS", "/usr/local/share:/usr/share");
    while (str_next_field(&rest, ':', &directory))
        add_implied(config, io, disk_join(directory, STR("terraform/plugins"), arena), &served,
                    arena);
    CliInstallation *direct = vec_add(arena, &config->installations);
    *direct = (CliInstallation){.method = CLI_METHOD_DIRECT, .exclude = served};
}

CliConfig *foreign_programs_config(ForeignPrograms *programs, Diags *diags) {
    if (!programs_read_settings(programs, diags))
        return NULL;
    programs_imply_source(&programs->config, &programs->cli->io, programs->cli->arena);
    return &programs->config;
}

Str foreign_programs_directory(const Cli *cli) {
    Str shared = STR(".terraform/providers");
    bool is_default = str_equal_cstr(cli->data_directory, ".loam");
    if (is_default && disk_exists(cli->io.disk, shared))
        return shared;
    return disk_join(cli->data_directory, STR("providers"), cli->arena);
}

/* Which provider answers. */

static bool find_reattached(const ForeignPrograms *programs, ForeignLocation *place) {
    Value all = programs->reattached;
    for (size_t i = 0; value_is_present(all) && i < all.count; i++) {
        Value address, one = value_at(all, i);
        Str key = provider_address_complete(
            value_key_at(all, i), cli_default_registry(programs->cli), programs->cli->arena);
        if (!str_equal(key, place->address) || !value_find_present(one, STR("Addr"), &address))
            continue;
        int64_t number = 5;
        (void)value_find_int(one, STR("ProtocolVersion"), &number);
        place->socket = value_text_at(address, STR("String"));
        place->protocol = number == 6 ? 6 : 5;
        return true;
    }
    return false;
}

static const CliOverride *find_override(const ForeignPrograms *programs, Str address) {
    vec_each(&programs->config.overrides, override) {
        if (str_equal(override->address, address))
            return override;
    }
    return NULL;
}

Str foreign_programs_override(const ForeignPrograms *programs, Str address) {
    const CliOverride *override = find_override(programs, address);
    return override ? override->directory : STR_EMPTY;
}

/* An address on one public registry means the same provider on the other one, unless the
 * configuration names that address in full: states and lock files of Terraform and OpenTofu differ
 * in the host alone. The variable is OpenTofu's. */
static Str translated(const ForeignPrograms *programs, Str address, Str host, Arena *arena) {
    Str off = process_variable(programs->cli->io.process,
                               "OPENTOFU_STATEFILE_PROVIDER_ADDRESS_TRANSLATION");
    Str path = address_without_public_host(address);
    if (path.len == address.len || !address_is_public_host(host) || str_equal(off, STR("0")) ||
        str_is_among(address, programs->explicit.items, programs->explicit.count))
        return address;
    return str_format(arena, "%.*s/%.*s", STR_ARG(host), STR_ARG(path));
}

void foreign_programs_set_explicit(ForeignPrograms *programs, StrVec addresses) {
    if (programs)
        programs->explicit = addresses;
}

/* Returns whether only loam can have a provider of that address. */
static bool is_own_address(const char *address) {
    Str text = str_from_cstr(address);
    return str_starts_with(text, STR("loam.internal/")) ||
           str_starts_with(text, STR("terraform.io/builtin/"));
}

Str foreign_programs_address(const ForeignPrograms *programs, Str name, Arena *arena) {
    const char *row = registry_row_address(programs->cli->registry, name);
    Str host = cli_default_registry(programs->cli);
    Str address = provider_address_complete(name, host, arena);
    bool is_explicit = str_equal(address, utf8_lower(name, arena));
    if (row && (is_own_address(row) || !is_explicit))
        return str_from_cstr(row);
    return is_explicit ? translated(programs, address, host, arena) : address;
}

bool foreign_programs_answer(ForeignPrograms *programs, Str name, ProviderAnswer *out,
                             Diags *diags) {
    Arena *arena = programs->cli->arena;
    const char *row = registry_row_address(programs->cli->registry, name);
    ForeignLocation place = {.address = foreign_programs_address(programs, name, arena)};
    *out = PROVIDER_BUILT_IN;
    if (row && is_own_address(row))
        return true;
    if (!programs_read_settings(programs, diags))
        return false;
    if (find_reattached(programs, &place))
        *out = PROVIDER_REATTACHED;
    else if (find_override(programs, place.address))
        *out = PROVIDER_OVERRIDDEN;
    else if (!row || programs->is_preferred)
        *out = PROVIDER_INSTALLED;
    return true;
}

/* Installed packages. */

static bool programs_read_lock(ForeignPrograms *programs, Diags *diags) {
    const Cli *cli = programs->cli;
    if (!programs->has_lock &&
        !dependency_lock_read(&cli->io, STR("."), &programs->lock, cli->arena, diags))
        return false;
    if (!programs->has_lock)
        programs->record = package_record_read(&cli->io, cli->arena);
    programs->has_lock = true;
    return true;
}

bool foreign_programs_is_locked(const ForeignPrograms *programs, Str address, bool *is_locked,
                                Diags *diags) {
    const Cli *cli = programs->cli;
    DependencyLock lock; /* read for this question alone: init may still change the file */
    if (!dependency_lock_read(&cli->io, STR("."), &lock, cli->arena, diags))
        return false;
    Str path = address_without_public_host(address);
    *is_locked = false;
    vec_each(&lock.entries, entry) {
        *is_locked = *is_locked || str_equal(address_without_public_host(entry->address), path);
    }
    return true;
}

/* Suggests a provider of loam: one of the same name, or of a similar one. */
static Str suggestion(const ForeignPrograms *programs, Str name, Arena *arena) {
    const Registry *registry = programs->cli->registry;
    const char *same = registry_row_address(registry, registry_local_name(name));
    StrVec names = registry_names(registry, arena);
    if (same)
        return str_format(arena,
                          " loam contains another provider of that name, \"%s\". To use that "
                          "one, remove the \"source\" from required_providers.",
                          same);
    return str_find_char(name, '/', 0) == SIZE_MAX
               ? str_did_you_mean(name, names.items, names.count, arena)
               : STR_EMPTY;
}

static bool programs_report_missing(const ForeignPrograms *programs, Str name, Str address,
                                    Diags *diags) {
    Str hint = suggestion(programs, name, programs->cli->arena);
    if (programs->is_validating)
        diags_error(diags, NO_RANGE, "Missing required provider",
                    "The configuration needs the provider %.*s (\"%.*s\"), which is neither part "
                    "of loam nor installed.%.*s To install %.*s, run \"loam init\".",
                    STR_ARG(address), STR_ARG(name), STR_ARG(hint), STR_ARG(name));
    else
        diags_error(diags, NO_RANGE, "Inconsistent dependency lock file",
                    "The configuration needs the provider %.*s (\"%.*s\"), but the dependency lock "
                    "file selects no version of it.%.*s To select one and install %.*s, run \"loam "
                    "init\".",
                    STR_ARG(address), STR_ARG(name), STR_ARG(hint), STR_ARG(name));
    return false;
}

static bool report_constraints(const DependencyEntry *entry, Str constraints, Diags *diags) {
    return diags_fail(
        diags, NO_RANGE, "Inconsistent dependency lock file",
        "The dependency lock file selects %.*s %.*s, which does not match the version constraint "
        "\"%.*s\" of the configuration. To select another version, run \"loam init -upgrade\".",
        STR_ARG(entry->address), STR_ARG(entry->version), STR_ARG(constraints));
}

static bool check_constraints(const ForeignPrograms *programs, const DependencyEntry *entry,
                              Diags *diags) {
    bool is_selected = true;
    if (!programs->constraints)
        return true;
    Str constraints =
        programs->constraints(programs->payload, entry->address, programs->cli->arena);
    return !version_constraint_selects(constraints, entry->version, &is_selected) || is_selected ||
           report_constraints(entry, constraints, diags);
}

/* `why`: the end of a sentence. */
static bool report_package(const DependencyEntry *entry, const char *why, Str detail,
                           Diags *diags) {
    return diags_fail(diags, NO_RANGE, "Required plugins are not installed",
                      "The package of the provider %.*s %.*s %s%.*s. To install the packages that "
                      "the dependency lock file selects, run \"loam init\".",
                      STR_ARG(entry->address), STR_ARG(entry->version), why, STR_ARG(detail));
}

/* Checks the hash of a package, and whether this user has installed it for this project. */
static bool check_package(const ForeignPrograms *programs, const DependencyEntry *entry,
                          const StoredPackage *package, Diags *diags) {
    const Cli *cli = programs->cli;
    Str h1;
    int status = package_record_hash(&programs->record, package, &h1, cli->arena);
    if (status != 0)
        return report_package(entry, "cannot be read: ", str_from_cstr(strerror(-status)), diags);
    if (!str_is_among(h1, entry->hashes.items, entry->hashes.count))
        return report_package(entry,
                              "does not match any of the checksums in the dependency lock file; "
                              "its hash is ",
                              h1, diags);
    const StrVec *installed = &programs->record.hashes;
    if (str_is_among(h1, installed->items, installed->count) || cli_config_trusts_project(&cli->io))
        return true;
    return report_package(entry,
                          "was not installed by this user for this directory; it may have come "
                          "with the files of the project, and loam does not start it",
                          STR_EMPTY, diags);
}

static bool find_package(ForeignPrograms *programs, const DependencyEntry *entry,
                         ForeignLocation *place, Diags *diags) {
    const Cli *cli = programs->cli;
    StoredPackage package;
    Str path = package_store_path(foreign_programs_directory(cli), entry->address, entry->version,
                                  provider_address_platform(), cli->arena);
    int status = stored_package_open(&cli->io, path, entry->address, &package, cli->arena);
    vec_push(cli->arena, &programs->packages, package); /* foreign_programs_close closes it */
    if (status != 0)
        return report_package(entry, "is not installed in ", foreign_programs_directory(cli),
                              diags);
    if (!check_package(programs, entry, &package, diags))
        return false;
    if (package.program.len == 0)
        return report_package(entry, "has no program in ", path, diags);
    place->program = disk_join(path, package.program, cli->arena);
    place->descriptor = cli->io.disk->descriptor(cli->io.disk->self, package.file);
    return true;
}

static bool locate_override(const ForeignPrograms *programs, ForeignLocation *place, Diags *diags) {
    const Cli *cli = programs->cli;
    const CliOverride *override = find_override(programs, place->address);
    place->program =
        mirror_directory_program(cli->io.disk, override->directory, place->address, cli->arena);
    if (place->program.len)
        return true;
    return diags_fail(diags, NO_RANGE, "Failed to load plugin schemas",
                      "The directory \"%.*s\", which dev_overrides of the CLI configuration names "
                      "for %.*s, has no program \"terraform-provider-%.*s\".",
                      STR_ARG(override->directory), STR_ARG(place->address),
                      STR_ARG(registry_local_name(place->address)));
}

static bool locate_package(ForeignPrograms *programs, Str name, ForeignLocation *place,
                           Diags *diags) {
    if (!programs_read_lock(programs, diags))
        return false;
    const DependencyEntry *entry = dependency_lock_find(&programs->lock, place->address);
    if (!entry)
        return programs_report_missing(programs, name, place->address, diags);
    return check_constraints(programs, entry, diags) && find_package(programs, entry, place, diags);
}

static bool programs_locate(void *self, Str name, bool is_row, ForeignLocation *out, bool *is_found,
                            Arena *arena, Diags *diags) {
    ForeignPrograms *programs = self;
    ProviderAnswer answer;
    (void)is_row;
    if (!foreign_programs_answer(programs, name, &answer, diags))
        return false;
    out->address = foreign_programs_address(programs, name, arena);
    *is_found = answer != PROVIDER_BUILT_IN;
    switch (answer) {
    case PROVIDER_BUILT_IN: return true;
    case PROVIDER_REATTACHED: return find_reattached(programs, out);
    case PROVIDER_OVERRIDDEN: return locate_override(programs, out, diags);
    case PROVIDER_INSTALLED: return locate_package(programs, name, out, diags);
    }
    return true;
}

ForeignPrograms *foreign_programs_open(Cli *cli) {
    ForeignPrograms *programs = arena_new(cli->arena, ForeignPrograms);
    Str preferred = process_variable(cli->io.process, "LOAM_PROVIDERS");
    programs->locator = (ForeignLocator){programs, programs_locate};
    programs->cli = cli;
    programs->is_preferred = str_equal(preferred, STR("foreign"));
    programs->source = foreign_source_open(&programs->locator, &cli->io, cli->cancel);
    registry_set_source(cli->registry, programs->source);
    cli->foreign = programs;
    return programs;
}

const Registry *foreign_programs_registry(const ForeignPrograms *programs) {
    return programs->cli->registry;
}

void foreign_programs_close(ForeignPrograms *programs) {
    if (!programs)
        return;
    foreign_source_close(programs->source);
    vec_each(&programs->packages, package) {
        stored_package_close(&programs->cli->io, package);
    }
}

void foreign_programs_set_constraints(ForeignPrograms *programs, ForeignConstraints constraints,
                                      void *payload) {
    if (!programs)
        return;
    programs->constraints = constraints;
    programs->payload = payload;
}

void foreign_programs_set_validating(ForeignPrograms *programs) {
    if (programs)
        programs->is_validating = true;
}
