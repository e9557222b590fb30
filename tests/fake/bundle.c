/* The calls of a bundle. */
#include "bundle.h"

#include "digest.h"
#include "object_builder.h"

#include <errno.h>
#include <unistd.h>

BundleFault bundle_fault;
bool bundle_records_parts;

const Attribute bundle_attributes[4] = {
    {"directory", &TYPE_STRING, REQUIRED | FORCES_NEW, "Where the files are."},
    {"files", &TYPE_MAP_OF_STRING, REQUIRED, "Content by name."},
    {"id", &TYPE_STRING, COMPUTED, "The directory."},
    {"places", &TYPE_MAP_OF_STRING, COMPUTED | CHANGES_ON_UPDATE, "Names of the files, by name."},
};

static bool has_fault(Str key, const char *what) {
    return bundle_fault.key && str_equal_cstr(key, bundle_fault.key) &&
           strcmp(bundle_fault.what, what) == 0;
}

static void die_if(Str key, const char *what) {
    if (has_fault(key, what))
        _exit(9);
}

/* Plan. */

/* {content, size}: a part in the plan. */
static Value object_of(Value content, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    bool is_known = value_is_present(content);
    Value size =
        is_known ? value_int((int64_t)value_text(content).len) : value_unknown(&TYPE_NUMBER);
    object_builder_put(&builder, STR("content"), content);
    object_builder_put(&builder, STR("size"), size);
    return object_builder_value(&builder);
}

static void show(PlanResponse *response, Str key, PartAction action, Value before, Value after,
                 Arena *arena) {
    ChangePart part = {.key = key, .action = action};
    Path content = path_attribute((Path){0}, STR("content"), arena);
    if (action != PART_CREATE)
        part.before = object_of(before, arena);
    if (action != PART_DELETE)
        part.after = object_of(after, arena);
    if (action == PART_REPLACE)
        vec_push(arena, &part.replace_paths, content);
    if (action == PART_UPDATE)
        plan_part_note(&part, content, STR("rewritten"), arena);
    if (str_starts_with(key, STR("secret"))) {
        vec_push(arena, &part.sensitive, content);
        plan_part_note(&part, (Path){0}, STR("kept to itself"), arena);
    }
    if (has_fault(key, "quiet"))
        return;
    if (has_fault(key, "no key"))
        part.key = STR_EMPTY;
    if (has_fault(key, "no before"))
        part.before = value_null(&TYPE_DYNAMIC);
    if (has_fault(key, "null before"))
        part.before = value_null(part.before.type);
    if (has_fault(key, "text before"))
        part.before = value_from_cstr("text");
    plan_part(response, part, arena);
    if (has_fault(key, "again"))
        plan_part(response, part, arena);
}

static bool is_fixed(Value content) {
    return value_is_present(content) && str_starts_with(value_text(content), STR("fixed"));
}

static Value files_of(Value object) {
    return value_is_present(object) ? object_attribute(object, "files") : object;
}

static void show_parts(const Call *call, Value before, Value after, PlanResponse *response) {
    Arena *arena = call->arena;
    Value content, old;
    bool had = value_is_present(before);
    for (size_t i = 0; had && i < before.count; i++) {
        Str key = value_key_at(before, i);
        if (!value_is_present(after) || !value_find(after, key, &content))
            show(response, key, PART_DELETE, value_at(before, i), content, arena);
    }
    for (size_t i = 0; value_is_present(after) && i < after.count; i++) {
        Str key = value_key_at(after, i);
        content = value_at(after, i);
        if (!had || !value_find(before, key, &old))
            show(response, key, PART_CREATE, content, content, arena);
        else if (!value_equal(old, content))
            show(response, key, is_fixed(old) ? PART_REPLACE : PART_UPDATE, old, content, arena);
    }
}

bool bundle_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                 Diags *diags) {
    Value before = files_of(request->prior);
    if (value_is_null(request->proposed)) {
        if (bundle_fault.what && strcmp(bundle_fault.what, "stay") == 0)
            return diags_fail(diags, NO_RANGE, "Directory stays", "As ordered.");
        show_parts(call, before, value_null(&TYPE_MAP_OF_STRING), response);
        return true;
    }
    Value after = files_of(request->proposed);
    bool is_idle = bundle_fault.what && strncmp(bundle_fault.what, "idle", 4) == 0;
    if (is_idle)
        response->planned = request->prior;
    if (!value_is_known(after) || (is_idle && strcmp(bundle_fault.what, "idle and more") == 0)) {
        response->has_unknown_parts = true;
        return true;
    }
    if (!is_idle || strcmp(bundle_fault.what, "idle") != 0)
        show_parts(call, before, after, response);
    return true;
}

/* Apply. */

typedef struct Bundle {
    const Call *call;
    Str directory;
    Map places;              /* key → file name, as Str */
    VEC(PartIntent) intents; /* to record */
    Diags *diags;
} Bundle;

typedef bool (*PartVisit)(Bundle *bundle, Str key, PartAction action, Str content);

static Str path_of(const Bundle *bundle, Str place) {
    return disk_join(bundle->directory, place, bundle->call->arena);
}

static void put_place(Bundle *bundle, Str key, Str place) {
    Str *copy = arena_new(bundle->call->arena, Str);
    *copy = place;
    map_set(&bundle->places, key, copy);
}

static Bundle bundle_of(const Call *call, Value object, Value prior, Diags *diags) {
    Bundle bundle = {.call = call, .places = map_new(call->arena), .diags = diags};
    bundle.directory = object_text(object, "directory", STR_EMPTY);
    Value places = value_is_present(prior) ? object_attribute(prior, "places") : prior;
    for (size_t i = 0; value_is_present(places) && i < places.count; i++)
        put_place(&bundle, value_key_at(places, i), value_text(value_at(places, i)));
    return bundle;
}

/* Reads the actual files into an object with the attributes of `like`. */
static Value look(const Bundle *bundle, Value like, size_t *count) {
    Arena *arena = bundle->call->arena;
    const Disk *disk = bundle->call->io->disk;
    ObjectBuilder files = object_builder_new(arena), places = object_builder_new(arena);
    *count = 0;
    map_each(&bundle->places, entry) {
        Str place = *(const Str *)entry->value, content;
        if (disk->read_file(disk->self, path_of(bundle, place), &content, arena) != 0)
            continue;
        object_builder_put(&files, entry->key, value_string(content, arena));
        object_builder_put(&places, entry->key, value_string(place, arena));
        ++*count;
    }
    ObjectBuilder builder = object_builder_of(like, arena);
    object_builder_set(&builder, "files", object_builder_map(&files, &TYPE_STRING));
    object_builder_set(&builder, "places", object_builder_map(&places, &TYPE_STRING));
    object_builder_set_text(&builder, "id", bundle->directory, arena);
    return object_builder_value(&builder);
}

static bool fail(Bundle *bundle, Str key, const char *what) {
    diags_error(bundle->diags, NO_RANGE, "File not changed", "\"%.*s\" %s.", STR_ARG(key), what);
    return false;
}

static bool write_content(Bundle *bundle, Str key, Str place, Str content, unsigned how) {
    const Disk *disk = bundle->call->io->disk;
    DiskFile file;
    if (disk->open(disk->self, path_of(bundle, place), DISK_WRITE | how, 0644, &file) != 0)
        return fail(bundle, key, "cannot be opened");
    int error = disk->append(disk->self, file, content);
    disk->close(disk->self, file);
    return error == 0 || fail(bundle, key, "cannot be written");
}

/* A new file name for each creation. */
static Str new_place(const Bundle *bundle, Str key) {
    const Call *call = bundle->call;
    Str what =
        str_format(call->arena, "%.*s %.*s %llu %.*s", STR_ARG(call->lineage),
                   STR_ARG(call->address), (unsigned long long)call->generation, STR_ARG(key));
    Str digest = digest_hex(DIGEST_SHA256, what, call->arena);
    return str_format(call->arena, "%.*s@%.8s", STR_ARG(key), digest.ptr);
}

static bool change_file(Bundle *bundle, Str key, PartAction action, Str place, Str content) {
    const Disk *disk = bundle->call->io->disk;
    const Str *old = map_find(&bundle->places, key);
    if (action == PART_UPDATE)
        return write_content(bundle, key, *old, content, DISK_APPEND | DISK_TRUNCATE);
    if (action != PART_CREATE) {
        int error = disk->remove(disk->self, path_of(bundle, *old));
        if (error != 0 && error != -ENOENT)
            return fail(bundle, key, "cannot be removed");
    }
    if (action == PART_DELETE)
        return true;
    put_place(bundle, key, place);
    return write_content(bundle, key, place, content, DISK_APPEND | DISK_CREATE | DISK_EXCLUSIVE);
}

static PartIntent intent_of(const Bundle *bundle, Str key, PartAction action) {
    bool is_new = action == PART_CREATE || action == PART_REPLACE;
    return (PartIntent){
        .key = key, .action = action, .marker = is_new ? new_place(bundle, key) : STR_EMPTY};
}

static bool add_intent(Bundle *bundle, Str key, PartAction action, Str) {
    vec_push(bundle->call->arena, &bundle->intents, intent_of(bundle, key, action));
    return true;
}

static bool change_part(Bundle *bundle, Str key, PartAction action, Str content) {
    const Call *call = bundle->call;
    PartIntent intent = intent_of(bundle, key, action);
    if (has_fault(key, "never"))
        return change_file(bundle, key, action, key, content);
    if (has_fault(key, "unplanned"))
        intent.key = STR("stranger");
    if (has_fault(key, "otherwise"))
        intent.action = action == PART_UPDATE ? PART_DELETE : PART_UPDATE;
    if (has_fault(key, "end first"))
        return call_part_end(call, key, STR_EMPTY, bundle->diags);
    if (!call_part_begin(call, &intent, bundle->diags))
        return has_fault(key, "go on");
    if (has_fault(key, "twice") && !call_part_begin(call, &intent, bundle->diags))
        return false;
    die_if(key, "die begun");
    if (has_fault(key, "refuse") || has_fault(key, "lost"))
        return fail(bundle, key, "is refused");
    if (!change_file(bundle, key, action, intent.marker, content))
        return false;
    die_if(key, "die changed");
    bool ends = !has_fault(key, "no end");
    if (ends && !call_part_end(call, key, intent.marker, bundle->diags))
        return false;
    die_if(key, "die ended");
    return true;
}

static bool visit_parts(Bundle *bundle, Value before, Value after, PartVisit visit) {
    Value old, content;
    for (size_t i = 0; value_is_present(before) && i < before.count; i++) {
        Str key = value_key_at(before, i);
        bool stays = value_is_present(after) && value_find(after, key, &content);
        if (!stays && !visit(bundle, key, PART_DELETE, STR_EMPTY))
            return false;
    }
    for (size_t i = 0; value_is_present(after) && i < after.count; i++) {
        Str key = value_key_at(after, i);
        Str text = value_text(value_at(after, i));
        PartAction action = PART_CREATE;
        if (value_is_present(before) && value_find(before, key, &old)) {
            if (value_equal(old, value_at(after, i)))
                continue;
            action = is_fixed(old) ? PART_REPLACE : PART_UPDATE;
        }
        if (!visit(bundle, key, action, text))
            return false;
    }
    return true;
}

static bool change_parts(Bundle *bundle, Value before, Value after) {
    if (bundle_records_parts && (!visit_parts(bundle, before, after, add_intent) ||
                                 !call_parts_record(bundle->call, bundle->intents.items,
                                                    bundle->intents.count, bundle->diags)))
        return false;
    return visit_parts(bundle, before, after, change_part);
}

static bool says_nothing(void) {
    return bundle_fault.what && strcmp(bundle_fault.what, "lost") == 0;
}

bool bundle_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                  Diags *diags) {
    const Disk *disk = call->io->disk;
    Bundle bundle = bundle_of(call, request->planned, request->prior, diags);
    if (disk->make_directories(disk->self, bundle.directory, 0755) != 0)
        return fail(&bundle, bundle.directory, "cannot be made");
    bool ok = change_parts(&bundle, files_of(request->prior), files_of(request->planned));
    size_t count;
    if (ok || !says_nothing())
        response->state = look(&bundle, request->planned, &count);
    return ok;
}

bool bundle_delete(const Call *call, const DeleteRequest *request, DeleteResponse *response,
                   Diags *diags) {
    const Disk *disk = call->io->disk;
    Bundle bundle = bundle_of(call, request->prior, request->prior, diags);
    Value none = value_null(&TYPE_MAP_OF_STRING);
    bool ok = change_parts(&bundle, files_of(request->prior), none);
    size_t count;
    if (ok)
        (void)disk->remove(disk->self, bundle.directory);
    else if (!says_nothing())
        response->state = look(&bundle, request->prior, &count);
    return ok;
}

bool bundle_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                 Diags *diags) {
    const Disk *disk = call->io->disk;
    Bundle bundle = bundle_of(call, request->state, request->state, diags);
    size_t count;
    response->state = disk_exists(disk, bundle.directory) ? look(&bundle, request->state, &count)
                                                          : value_null(request->state.type);
    return true;
}

bool bundle_check_recovery(const RecoverRequest *request, Diags *diags) {
    bool has_planned = !value_is_null(request->planned), has_prior = !value_is_null(request->prior);
    return (has_planned == (request->call != RECOVER_DELETE) &&
            has_prior == (request->call != RECOVER_CREATE)) ||
           diags_fail(diags, NO_RANGE, "Contradictory recovery", "Call %d.", request->call);
}

/* The files of the prior object, and those that were begun under new names. */
bool bundle_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                    Diags *diags) {
    if (!bundle_check_recovery(request, diags))
        return false;
    bool creates = request->call == RECOVER_CREATE;
    Value like = creates ? request->planned : request->prior;
    Bundle bundle = bundle_of(call, like, request->prior, diags);
    const Disk *disk = call->io->disk;
    vec_each(&request->parts, part) {
        bool is_there = part->marker.len > 0 && disk_exists(disk, path_of(&bundle, part->marker));
        if (is_there)
            put_place(&bundle, part->key, part->marker);
    }
    size_t count;
    Value found = look(&bundle, like, &count);
    bool is_gone = count == 0 && (creates || request->call == RECOVER_DELETE);
    response->outcome = is_gone ? RECOVER_ABSENT : RECOVER_COMPLETE;
    if (!is_gone)
        response->state = found;
    return true;
}
