/* flux_bootstrap_git: Flux in a cluster that manages itself from a git repository, as
 * `flux bootstrap git` installs it. It adopts what that command has made.
 *
 * Order of an apply: check the cluster, push the files, apply the objects until Flux does so
 * itself, wait. Each step compares before it changes, so the next apply continues a killed one.
 * The state has digests of the files, not the files. */
#include "flux_provider.h"

#include "digest.h"
#include "duration.h"
#include "flux_cluster.h"
#include "flux_components.h"
#include "flux_git.h"
#include "flux_gitops.h"
#include "flux_settings.h"
#include "flux_sync.h"
#include "hex.h"
#include "kube_object.h"
#include "object_frozen.h"
#include "object_id.h"
#include "path_error.h"
#include "random.h"
#include "timeouts.h"

#define KEPT "kept" /* in repository_files: a kustomization.yaml whose text is not ours */

typedef enum FluxFile { FILE_COMPONENTS, FILE_SYNC, FILE_KUSTOMIZATION, FILE_COUNT } FluxFile;

static const char *const file_names[FILE_COUNT] = {
    [FILE_COMPONENTS] = "gotk-components.yaml",
    [FILE_SYNC] = "gotk-sync.yaml",
    [FILE_KUSTOMIZATION] = "kustomization.yaml",
};

/* An instance, by its arguments. */
typedef struct Bootstrap {
    const Call *call;
    const FluxGit *git;
    Value object; /* planned or stored */
    Str namespace;
    Str secret; /* empty: none is made */
    Str path;   /* "clusters/a"; empty: the root */
    Str override;
    Str files[FILE_COUNT]; /* paths in the repository */
    Diags *diags;
} Bootstrap;

/* "./clusters/a/" → "clusters/a". */
static Str git_path_of(Str text, Arena *arena) {
    Str path = disk_clean(text, arena);
    while (str_starts_with(path, STR("./")))
        path = str_after(path, 2);
    path = disk_without_end_slashes(path);
    return str_equal(path, STR(".")) ? STR_EMPTY : path;
}

static bool bootstrap_open(const Call *call, Value object, Bootstrap *out, Diags *diags) {
    Arena *arena = call->arena;
    *out = (Bootstrap){.call = call,
                       .git = flux_git_of(call, diags),
                       .object = object,
                       .namespace = flux_settings_namespace(object),
                       .path = git_path_of(object_text(object, "path", STR_EMPTY), arena),
                       .override = object_text(object, "kustomization_override", STR_EMPTY),
                       .diags = diags};
    if (!object_bool(object, "disable_secret_creation", false))
        out->secret = object_text(object, "secret_name", STR("flux-system"));
    for (int i = 0; i < FILE_COUNT; i++)
        out->files[i] =
            str_format(arena, "%.*s%s%.*s/%s", STR_ARG(out->path), out->path.len ? "/" : "",
                       STR_ARG(out->namespace), file_names[i]);
    return out->git != NULL;
}

/* The wanted files. */

typedef struct WantedFiles {
    ValueVec components;
    ValueVec sync;
    FluxSettings settings;
    Str texts[FILE_COUNT];
    Str digests[FILE_COUNT]; /* as in repository_files */
} WantedFiles;

static FluxSync sync_of(const Bootstrap *bootstrap) {
    Arena *arena = bootstrap->call->arena;
    return (FluxSync){
        .namespace = bootstrap->namespace,
        .interval =
            flux_sync_interval(object_text(bootstrap->object, "interval", STR("1m")), arena),
        .url = bootstrap->git->remote.url,
        .branch = bootstrap->git->remote.branch,
        .secret = object_text(bootstrap->object, "secret_name", STR("flux-system")),
        .path = str_concat(STR("./"), bootstrap->path, arena),
        .recurses_submodules = object_bool(bootstrap->object, "recurse_submodules", false),
        /* Else the root would be applied as a tenant. */
        .account = object_bool(bootstrap->object, "multitenant", false)
                       ? STR("kustomize-controller")
                       : STR_EMPTY,
    };
}

static Str git_digest_of_text(Str text, Arena *arena) {
    return str_concat(STR("sha256:"), digest_hex(DIGEST_SHA256, text, arena), arena);
}

/* `config` has the write-only arguments. */
static bool git_render(const Bootstrap *bootstrap, Value config, WantedFiles *out) {
    const Call *call = bootstrap->call;
    Arena *arena = call->arena;
    ManifestObjects release = {0};
    FluxSync sync = sync_of(bootstrap);
    Str problem;
    *out = (WantedFiles){.settings = flux_settings_of(bootstrap->object, bootstrap->call->arena)};
    if (!flux_components_read(
            call, PATH_AT(call, {"manifests"}), object_text(config, "manifests", STR_EMPTY),
            object_text(config, "manifests_sha256", STR_EMPTY), &release, bootstrap->diags))
        return false;
    if (!flux_components_render(&release, &out->settings, &out->components, &problem, arena))
        return path_error(call, PATH_AT(call, {"manifests"}), bootstrap->diags,
                          "Manifests of Flux not usable", "%.*s", STR_ARG(problem));
    out->texts[FILE_COMPONENTS] = flux_components_text(&out->components, &out->settings, arena);
    out->texts[FILE_SYNC] = flux_sync_text(&sync, arena);
    out->texts[FILE_KUSTOMIZATION] =
        bootstrap->override.len ? bootstrap->override : flux_sync_kustomization;
    out->sync = flux_components_parse(call, out->texts[FILE_SYNC]);
    out->digests[FILE_COMPONENTS] = flux_components_digest(&out->components, arena);
    out->digests[FILE_SYNC] = flux_components_digest(&out->sync, arena);
    out->digests[FILE_KUSTOMIZATION] =
        bootstrap->override.len ? git_digest_of_text(bootstrap->override, arena) : STR(KEPT);
    return true;
}

/* The files of the repository. */

typedef struct FoundFiles {
    Str texts[FILE_COUNT];
    Str digests[FILE_COUNT]; /* empty: the file does not exist */
} FoundFiles;

/* Reads the files of `head`. On failure the repository has the problem. */
static bool git_read_files(const Bootstrap *bootstrap, GitRepository *repository, FoundFiles *out) {
    const Call *call = bootstrap->call;
    *out = (FoundFiles){0};
    for (int i = 0; i < FILE_COUNT; i++) {
        bool exists;
        if (!git_repository_read(repository, bootstrap->files[i], &out->texts[i], &exists))
            return false;
        if (!exists)
            continue;
        ValueVec objects = {0};
        if (i == FILE_KUSTOMIZATION)
            out->digests[i] = bootstrap->override.len
                                  ? git_digest_of_text(out->texts[i], call->arena)
                                  : STR(KEPT);
        else
            objects = flux_components_parse(call, out->texts[i]);
        if (i != FILE_KUSTOMIZATION)
            out->digests[i] = flux_components_digest(&objects, call->arena);
    }
    return true;
}

static bool has_files(const FoundFiles *found) {
    return found->digests[FILE_COMPONENTS].len || found->digests[FILE_SYNC].len;
}

typedef struct Push {
    const Bootstrap *bootstrap;
    const WantedFiles *wanted;   /* NULL: the files are removed */
    bool replaces_kustomization; /* the override was removed */
} Push;

static Str git_message_of(const Bootstrap *bootstrap, Str text) {
    Str appendix = bootstrap->git->appendix;
    return appendix.len ? str_format(bootstrap->call->arena, "%.*s\n\n%.*s\n", STR_ARG(text),
                                     STR_ARG(appendix))
                        : str_concat(text, STR("\n"), bootstrap->call->arena);
}

static void git_add_change(const Push *push, const FoundFiles *found, FluxFile file,
                           GitChange *changes, size_t *count) {
    const WantedFiles *wanted = push->wanted;
    bool is_forced = file == FILE_KUSTOMIZATION && push->replaces_kustomization;
    if (str_equal(found->digests[file], wanted->digests[file]) && !is_forced)
        return;
    changes[(*count)++] =
        (GitChange){.path = push->bootstrap->files[file], .bytes = wanted->texts[file]};
}

/* Makes the commits that the files of this tip need. */
static bool git_prepare(void *payload, GitRepository *repository) {
    const Push *push = payload;
    const Bootstrap *bootstrap = push->bootstrap;
    Arena *arena = bootstrap->call->arena;
    FoundFiles found;
    GitChange changes[FILE_COUNT];
    size_t count = 0;
    if (!git_read_files(bootstrap, repository, &found))
        return false;
    git_add_change(push, &found, FILE_COMPONENTS, changes, &count);
    Str text = str_format(arena, "Add Flux %.*s component manifests",
                          STR_ARG(push->wanted->settings.version));
    if (!git_repository_commit(repository, changes, count, git_message_of(bootstrap, text)))
        return false;
    count = 0;
    git_add_change(push, &found, FILE_SYNC, changes, &count);
    git_add_change(push, &found, FILE_KUSTOMIZATION, changes, &count);
    return git_repository_commit(repository, changes, count,
                                 git_message_of(bootstrap, STR("Add Flux sync manifests")));
}

static bool prepare_removal(void *payload, GitRepository *repository) {
    const Push *push = payload;
    const Bootstrap *bootstrap = push->bootstrap;
    GitChange changes[FILE_COUNT];
    for (int i = 0; i < FILE_COUNT; i++)
        changes[i] = (GitChange){.path = bootstrap->files[i], .is_removal = true};
    return git_repository_commit(repository, changes, FILE_COUNT,
                                 git_message_of(bootstrap, STR("Uninstall Flux")));
}

/* The Secret. Its digest in the state is "SALT:DIGEST", of the members that we set. */

static Str secret_digest(Str salt, const Map *texts, Arena *arena) {
    StrBuf all = strbuf_new(arena);
    map_each(texts, entry) {
        Str text = str_trim(*(const Str *)entry->value);
        strbuf_add_format(&all, "%.*s %zu ", STR_ARG(entry->key), text.len);
        strbuf_add(&all, text);
    }
    Str digest = digest_scrypt(strbuf_str(&all), salt, arena);
    return str_format(arena, "%.*s:%.*s", STR_ARG(hex_encode(salt, arena)),
                      STR_ARG(hex_encode(digest, arena)));
}

static Str new_salt(Arena *arena) {
    char bytes[16];
    random_fill(bytes, sizeof bytes);
    return str_clone((Str){bytes, sizeof bytes}, arena);
}

/* Returns the salt of a digest; a new one if it has none. */
static Str salt_of(Str digest, Arena *arena) {
    Str salt;
    size_t colon = str_find_char(digest, ':', 0);
    return colon != SIZE_MAX && colon > 0 && hex_decode(str_slice(digest, 0, colon), &salt, arena)
               ? salt
               : new_salt(arena);
}

static Str wanted_secret(const Bootstrap *bootstrap, Str stored) {
    Arena *arena = bootstrap->call->arena;
    Map texts = flux_git_secret(bootstrap->git, arena);
    return bootstrap->secret.len && texts.count
               ? secret_digest(salt_of(stored, arena), &texts, arena)
               : STR_EMPTY;
}

/* Returns the digest of the Secret of the cluster; empty if it lacks a member. */
static Str found_secret(const Bootstrap *bootstrap, Value secret, Str stored) {
    Arena *arena = bootstrap->call->arena;
    Map texts = flux_git_secret(bootstrap->git, arena), found = map_new(arena);
    map_each(&texts, entry) {
        Str *text = arena_new(arena, Str);
        *text = flux_cluster_secret_text(secret, entry->key, arena);
        map_set(&found, entry->key, text);
    }
    return bootstrap->secret.len && texts.count && !value_is_null(secret)
               ? secret_digest(salt_of(stored, arena), &found, arena)
               : STR_EMPTY;
}

/* Results. */

static Value files_value(const Bootstrap *bootstrap, const Str *digests) {
    Arena *arena = bootstrap->call->arena;
    Str *keys = arena_new_array(arena, Str, FILE_COUNT);
    Value *items = arena_new_array(arena, Value, FILE_COUNT);
    size_t count = 0;
    for (int i = 0; i < FILE_COUNT; i++) {
        if (!digests[i].len)
            continue;
        keys[count] = bootstrap->files[i];
        items[count++] = value_from_str(digests[i]);
    }
    return value_map(&TYPE_STRING, keys, items, count, arena);
}

static void set_results(ObjectBuilder *builder, const Bootstrap *bootstrap, const Str *digests,
                        Str secret, bool is_installed) {
    Arena *arena = bootstrap->call->arena;
    object_builder_set_text(builder, "id", bootstrap->namespace, arena);
    object_builder_set(builder, "repository_files", files_value(bootstrap, digests));
    object_builder_set_optional(builder, "secret_digest", secret, arena);
    object_builder_set(builder, "installed", value_bool(is_installed));
}

/* Reading. */

static bool has_controllers(const Bootstrap *bootstrap, const FluxInstallation *found) {
    StrVec wanted = flux_settings_of(bootstrap->object, bootstrap->call->arena).components;
    vec_each(&wanted, name) {
        if (!str_is_among(*name, found->controllers.items, found->controllers.count))
            return false;
    }
    return true;
}

static bool git_is_installed(const Bootstrap *bootstrap, const FluxInstallation *found) {
    Arena *arena = bootstrap->call->arena;
    Value objects[] = {found->source, found->sync};
    if (value_is_null(found->source) || value_is_null(found->sync))
        return false;
    FluxSync wanted = sync_of(bootstrap), got = flux_sync_of(objects, ARRAY_COUNT(objects));
    return found->has_applied && has_controllers(bootstrap, found) &&
           str_equal(got.url, wanted.url) && str_equal(got.branch, wanted.branch) &&
           str_equal(git_path_of(got.path, arena), git_path_of(wanted.path, arena));
}

/* Sets an argument that is null after an import, from the files. */
static void fill_text(ObjectBuilder *builder, const char *name, Str text, Arena *arena) {
    if (value_is_null(object_builder_get(builder, name)))
        object_builder_set_optional(builder, name, text, arena);
}

static void fill_texts(ObjectBuilder *builder, const char *name, const StrVec *texts,
                       Arena *arena) {
    Value *items = arena_new_array(arena, Value, texts->count);
    for (size_t i = 0; i < texts->count; i++)
        items[i] = value_from_str(texts->items[i]);
    if (texts->count && value_is_null(object_builder_get(builder, name)))
        object_builder_set(builder, name, value_set(&TYPE_STRING, items, texts->count, arena));
}

static void fill_flag(ObjectBuilder *builder, const char *name, bool flag) {
    if (value_is_null(object_builder_get(builder, name)))
        object_builder_set(builder, name, value_bool(flag));
}

/* An imported object gets its arguments from the files and the cluster. */
static Value fill_import(const Bootstrap *bootstrap, const FoundFiles *files,
                         const FluxInstallation *) {
    const Call *call = bootstrap->call;
    Arena *arena = call->arena;
    ObjectBuilder builder = object_builder_of(bootstrap->object, arena);
    ValueVec components = flux_components_parse(call, files->texts[FILE_COMPONENTS]);
    ValueVec sync_objects = flux_components_parse(call, files->texts[FILE_SYNC]);
    FluxSettings settings = flux_components_settings(&components, arena);
    FluxSync sync = flux_sync_of(sync_objects.items, sync_objects.count);
    StrVec base = {0}, extra = {0};
    vec_each(&settings.components, name) {
        if (flux_settings_is_default(*name))
            vec_push(arena, &base, *name);
        else
            vec_push(arena, &extra, *name);
    }
    fill_texts(&builder, "components", &base, arena);
    fill_texts(&builder, "components_extra", &extra, arena);
    fill_texts(&builder, "toleration_keys", &settings.toleration_keys, arena);
    fill_text(&builder, "version", settings.version, arena);
    fill_text(&builder, "log_level", settings.log_level, arena);
    fill_text(&builder, "cluster_domain",
              settings.cluster_domain.len ? settings.cluster_domain : STR("cluster.local"), arena);
    fill_text(&builder, "registry", settings.registry, arena);
    fill_text(&builder, "image_pull_secret", settings.image_pull_secret, arena);
    fill_text(&builder, "interval", sync.interval, arena);
    fill_text(&builder, "secret_name", sync.secret, arena);
    fill_flag(&builder, "network_policy", settings.has_network_policy);
    fill_flag(&builder, "watch_all_namespaces", settings.watches_all_namespaces);
    fill_flag(&builder, "recurse_submodules", sync.recurses_submodules);
    if (settings.is_multitenant) {
        fill_flag(&builder, "multitenant", true);
        if (!str_equal(settings.tenant_account, STR("default")))
            fill_text(&builder, "tenant_service_account", settings.tenant_account, arena);
    }
    fill_flag(&builder, "disable_secret_creation", false);
    fill_flag(&builder, "keep_namespace", false);
    fill_flag(&builder, "delete_git_manifests", true);
    fill_flag(&builder, "force_destroy", false);
    if (files->texts[FILE_KUSTOMIZATION].len &&
        !str_equal(files->texts[FILE_KUSTOMIZATION], flux_sync_kustomization))
        fill_text(&builder, "kustomization_override", files->texts[FILE_KUSTOMIZATION], arena);
    return object_builder_value(&builder);
}

static bool is_import(Value object) {
    return value_is_null(object_attribute(object, "version"));
}

/* Reads repository and cluster into an object like `base`; sets null if there is nothing. */
static bool git_find(const Call *call, Value base, Value *out, Diags *diags) {
    Bootstrap bootstrap;
    FluxInstallation found;
    FoundFiles files;
    GitRepository repository = {0};
    *out = value_null(base.type);
    if (!bootstrap_open(call, base, &bootstrap, diags) ||
        !flux_cluster_read(call, bootstrap.namespace, bootstrap.secret, &found, diags))
        return false;
    if (is_import(base) && !value_is_null(found.sync)) {
        Str path = git_path_of(kube_object_text(found.sync, "spec", "path"), call->arena);
        base = object_with_text(base, "path", path, call->arena);
        if (!bootstrap_open(call, base, &bootstrap, diags))
            return false;
    }
    bool is_good = flux_git_fetch(call, bootstrap.git, &repository, diags);
    if (is_good && !git_read_files(&bootstrap, &repository, &files))
        is_good = flux_git_fail(call, &repository, "Repository not read", diags);
    git_repository_close(&repository);
    if (!is_good)
        return false;
    if (!value_is_null(found.sync))
        object_frozen_warn(call, found.sync, diags);
    bool owns_namespace = !object_bool(base, "keep_namespace", false);
    if (!flux_cluster_exists(&found, owns_namespace) && !has_files(&files))
        return true;
    if (is_import(base)) {
        base = fill_import(&bootstrap, &files, &found);
        if (!bootstrap_open(call, base, &bootstrap, diags))
            return false;
        if (bootstrap.override.len)
            files.digests[FILE_KUSTOMIZATION] =
                git_digest_of_text(files.texts[FILE_KUSTOMIZATION], call->arena);
    }
    ObjectBuilder builder = object_builder_of(base, call->arena);
    Str stored = object_text(base, "secret_digest", STR_EMPTY);
    set_results(&builder, &bootstrap, files.digests, found_secret(&bootstrap, found.secret, stored),
                git_is_installed(&bootstrap, &found));
    *out = object_builder_value(&builder);
    return true;
}

static bool git_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                     Diags *diags) {
    return git_find(call, request->state, &response->state, diags);
}

static bool git_import(const Call *call, const ImportRequest *request, ImportResponse *response,
                       Diags *diags) {
    if (!object_id_import(call, request, response, diags))
        return false;
    response->state = object_with_text(response->state, "namespace", request->id, call->arena);
    return true;
}

/* The files are pushed first, so without files and root objects nothing of the call is left. */
static bool git_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                        Diags *diags) {
    Value base = value_unknown_as_null(request->planned, call->arena);
    if (!git_find(call, base, &response->state, diags))
        return false;
    response->outcome = value_is_null(response->state) ? RECOVER_ABSENT : RECOVER_COMPLETE;
    return true;
}

/* Planning. */

static bool git_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                     Diags *diags) {
    Bootstrap bootstrap;
    WantedFiles wanted;
    ObjectBuilder builder = object_builder_of(response->planned, call->arena);
    Str stored = value_is_null(request->prior)
                     ? STR_EMPTY
                     : object_text(request->prior, "secret_digest", STR_EMPTY);
    if (!value_is_wholly_known(request->config))
        return true;
    if (!bootstrap_open(call, response->planned, &bootstrap, diags) ||
        !git_render(&bootstrap, request->config, &wanted))
        return false;
    Str secret = wanted_secret(&bootstrap, stored);
    set_results(&builder, &bootstrap, wanted.digests, secret, true);
    if (secret.len && !stored.len) /* its salt is new in each plan */
        object_builder_set(&builder, "secret_digest", value_unknown(&TYPE_STRING));
    response->planned = object_builder_value(&builder);
    return true;
}

/* Applying. */

/* With another path, Flux would delete all that it has applied from the present one. */
static bool git_check_path(const Bootstrap *bootstrap, const FluxInstallation *found) {
    Arena *arena = bootstrap->call->arena;
    Str path = git_path_of(kube_object_text(found->sync, "spec", "path"), arena);
    if (value_is_null(found->sync) || str_equal(path, bootstrap->path))
        return true;
    return path_error(bootstrap->call, PATH_AT(bootstrap->call, {"path"}), bootstrap->diags,
                      "Cluster follows another path",
                      "Flux in this cluster applies \"%.*s\". With \"%.*s\" it would delete all "
                      "objects of that path. Give the present path, or remove Flux first.",
                      STR_ARG(path), STR_ARG(bootstrap->path));
}

static bool git_install(const Bootstrap *bootstrap, const WantedFiles *wanted,
                        const FluxInstallation *found) {
    const Call *call = bootstrap->call;
    Map texts = flux_git_secret(bootstrap->git, call->arena);
    bool is_whole = found->has_applied && has_controllers(bootstrap, found);
    if (!is_whole && !flux_cluster_apply(call, &wanted->components, bootstrap->diags))
        return false;
    if (bootstrap->secret.len && texts.count &&
        !flux_cluster_apply_secret(call, bootstrap->namespace, bootstrap->secret, &texts,
                                   bootstrap->diags))
        return false;
    return flux_cluster_apply(call, &wanted->sync, bootstrap->diags);
}

static bool push_and_install(const Bootstrap *bootstrap, const WantedFiles *wanted,
                             const FluxInstallation *found, GitRepository *repository,
                             bool replaces_kustomization) {
    const Call *call = bootstrap->call;
    Push push = {bootstrap, wanted, replaces_kustomization};
    if (!flux_git_fetch(call, bootstrap->git, repository, bootstrap->diags))
        return false;
    call_progress(call, 0, 0, "pushing the manifests of Flux");
    if (!flux_git_push(call, repository, git_prepare, &push, "Manifests of Flux not pushed",
                       bootstrap->diags))
        return false;
    FluxWait wait = {.namespace = bootstrap->namespace,
                     .branch = bootstrap->git->remote.branch,
                     .commit = str_clone(repository->head, call->arena),
                     .repository = repository};
    return git_install(bootstrap, wanted, found) &&
           flux_cluster_wait_controllers(call, &wanted->components, bootstrap->diags) &&
           flux_cluster_wait_synced(call, &wait, bootstrap->diags);
}

static bool git_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                      Diags *diags) {
    Bootstrap bootstrap;
    WantedFiles wanted;
    FluxInstallation found;
    GitRepository repository = {0};
    bool is_new = value_is_null(request->prior);
    if (!bootstrap_open(call, request->planned, &bootstrap, diags) ||
        !git_render(&bootstrap, request->config, &wanted) ||
        !flux_cluster_read(call, bootstrap.namespace, bootstrap.secret, &found, diags) ||
        !git_check_path(&bootstrap, &found))
        return false;
    bool replaces =
        !is_new && !bootstrap.override.len && object_has(request->prior, "kustomization_override");
    bool is_good = push_and_install(&bootstrap, &wanted, &found, &repository, replaces);
    git_repository_close(&repository);
    ObjectBuilder builder = object_builder_of(request->planned, call->arena);
    Str planned = object_text(request->planned, "secret_digest", STR_EMPTY);
    set_results(&builder, &bootstrap, wanted.digests, wanted_secret(&bootstrap, planned), is_good);
    if (is_good || !is_new)
        response->state = object_builder_value(&builder);
    response->in_doubt = !is_good && is_new; /* the next run looks at repository and cluster */
    return is_good;
}

/* Removal. */

static bool git_remove_files(const Bootstrap *bootstrap) {
    GitRepository repository = {0};
    Push push = {.bootstrap = bootstrap};
    bool is_good = flux_git_fetch(bootstrap->call, bootstrap->git, &repository, bootstrap->diags);
    is_good = is_good && flux_git_push(bootstrap->call, &repository, prepare_removal, &push,
                                       "Manifests of Flux not removed", bootstrap->diags);
    git_repository_close(&repository);
    return is_good;
}

static bool git_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                       Diags *diags) {
    Bootstrap bootstrap;
    if (!bootstrap_open(call, request->prior, &bootstrap, diags))
        return false;
    FluxRemoval removal = {
        .namespace = bootstrap.namespace,
        .secret = bootstrap.secret,
        .keeps_namespace = object_bool(request->prior, "keep_namespace", false),
        .deletes_foreign = object_bool(request->prior, "force_destroy", false),
    };
    return flux_cluster_suspend(call, bootstrap.namespace, diags) &&
           (!object_bool(request->prior, "delete_git_manifests", true) ||
            git_remove_files(&bootstrap)) &&
           flux_cluster_remove(call, &removal, diags);
}

/* The GitRepository and the Kustomization, which have the name of the namespace. */

static bool gitops(const Call *call, const GitopsRequest *request, GitopsResponse *response,
                   Diags *diags) {
    Str namespace = object_text(request->state, "namespace", STR("flux-system"));
    GitopsObject source = {
        &flux_controller,
        {STR("source.toolkit.fluxcd.io/v1"), STR("GitRepository"), namespace, namespace},
        NULL};
    GitopsObject sync = {
        &flux_controller,
        {STR("kustomize.toolkit.fluxcd.io/v1"), STR("Kustomization"), namespace, namespace},
        NULL};
    GitopsRequest with_source = *request;
    with_source.with_source = true;
    return (request->action != GITOPS_STATUS ||
            gitops_object_run(call, &source, request, response, diags)) &&
           gitops_object_run(call, &sync, &with_source, response, diags);
}

/* Arguments. */

static Str check_path_argument(Value value, Arena *arena) {
    Str path = git_path_of(value_text(value), arena);
    return path.len ? git_repository_path_problem(path, arena) : STR_EMPTY;
}

/* Returns an error unless the text is a name of DNS, with dots or without, as Kubernetes demands.
 */
static Str check_name_with(Value value, char dot, size_t limit, Arena *arena) {
    Str name = value_text(value);
    bool is_good = name.len > 0 && name.len <= limit && isalnum((unsigned char)name.ptr[0]) &&
                   isalnum((unsigned char)name.ptr[name.len - 1]);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        is_good &= (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == dot;
    }
    return is_good
               ? STR_EMPTY
               : str_format(arena,
                            "A name has 1 to %d lower-case letters, digits, \"-\"%s, and begins "
                            "and ends with a letter or digit.",
                            (int)limit, dot == '.' ? " and \".\"" : "");
}

static Str git_check_namespace(Value value, Arena *arena) {
    return check_name_with(value, '-', 63, arena);
}

static Str git_check_secret(Value value, Arena *arena) {
    return check_name_with(value, '.', 253, arena);
}

/* clang-format off */
static const Attribute bootstrap_git_attributes[] = {
    {"id",                      &TYPE_STRING,        COMPUTED,                         "The namespace."},
    {"path",                    &TYPE_STRING,        OPTIONAL | COMPUTED | FORCES_NEW, "Directory of the cluster in the repository, such as clusters/production.", .default_json = "\"\"", .check = check_path_argument},
    {"namespace",               &TYPE_STRING,        OPTIONAL | COMPUTED | FORCES_NEW, "Namespace of Flux.", .default_json = "\"flux-system\"", .check = git_check_namespace},
    {"version",                 &TYPE_STRING,        REQUIRED,                         "Release of Flux that the manifests are from, such as v2.9.4."},
    {"manifests",               &TYPE_STRING,        REQUIRED | WRITE_ONLY,            "Path of the manifests of the release: a directory with a file for each component, or install.yaml. Plans compare the objects, so the path is not stored."},
    {"manifests_sha256",        &TYPE_STRING,        OPTIONAL | WRITE_ONLY,            "SHA-256 digest of the manifests, in hexadecimal: of the file, or of the lines that sha256sum prints for the *.yaml of the directory, sorted by name."},
    FLUX_SETTINGS_ATTRIBUTES,
    {"interval",                &TYPE_STRING,        OPTIONAL | COMPUTED,              "Time between two looks at the repository.", .default_json = "\"1m0s\"", .check = duration_check},
    {"secret_name",             &TYPE_STRING,        OPTIONAL | COMPUTED,              "Name of the Secret with the credentials of the repository.", .default_json = "\"flux-system\"", .check = git_check_secret},
    {"disable_secret_creation", &TYPE_BOOL,          OPTIONAL | COMPUTED,              "Whether the Secret is made by others.", .default_json = "false"},
    {"recurse_submodules",      &TYPE_BOOL,          OPTIONAL | COMPUTED,              "Whether Flux fetches submodules of the repository.", .default_json = "false"},
    {"kustomization_override",  &TYPE_STRING,        OPTIONAL,                         "Text of kustomization.yaml, with patches of the components. Without it an existing file stays as it is."},
    {"keep_namespace",          &TYPE_BOOL,          OPTIONAL | COMPUTED,              "Whether a deletion keeps the namespace.", .default_json = "false"},
    {"delete_git_manifests",    &TYPE_BOOL,          OPTIONAL | COMPUTED,              "Whether a deletion removes the files from the repository.", .default_json = "true"},
    {"force_destroy",           &TYPE_BOOL,          OPTIONAL | COMPUTED,              "Whether a deletion also deletes objects of Flux's kinds that are not part of the installation, and the namespace with objects of others.", .default_json = "false"},
    {"repository_files",        &TYPE_MAP_OF_STRING, COMPUTED | CHANGES_ON_UPDATE,     "Digests of the files in the repository, by path."},
    {"secret_digest",           &TYPE_STRING,        COMPUTED | CHANGES_ON_UPDATE,     "Salted digest of the credentials in the Secret."},
    {"installed",               &TYPE_BOOL,          COMPUTED | CHANGES_ON_UPDATE,     "Whether Flux runs in the cluster and follows the repository."},
};
/* clang-format on */
static const Block bootstrap_git_blocks[] = {TIMEOUTS_BLOCK};

const ResourceType flux_bootstrap_git = {
    .name = "flux_bootstrap_git",
    .schema = {SCHEMA_ATTRIBUTES(bootstrap_git_attributes), SCHEMA_BLOCKS(bootstrap_git_blocks),
               .description = "Flux, which manages itself from the git repository of the provider "
                              "block. It adopts an installation of flux bootstrap git."},
    .recovery = RECOVERY_FINDS,
    .plan = git_plan,
    .create = git_apply,
    .update = git_apply,
    .delete = git_delete,
    .read = git_read,
    .import = git_import,
    .import_id = "namespace of Flux, such as flux-system",
    .recover = git_recover,
    .gitops = gitops,
};
