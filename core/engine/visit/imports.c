/* Assigns the ids of imports to instance records. */
#include "node_visit.h"

#include "log.h"

typedef struct Assignment {
    NodeVisit *visit;
    Map records;           /* address text → InstanceRecord * */
    Map taken;             /* texts of the addresses that an import was already found for */
    bool has_unknown_keys; /* an address without a record may become one of the block */
    bool ok;
} Assignment;

static void index_records(Assignment *assignment) {
    const Node *node = assignment->visit->node;
    vec_each(&node->module->instances, module) {
        ResourceExpansion *expansion = node_slot(node, *module)->payload;
        for (size_t i = 0; expansion && i < expansion->expansion.count; i++) {
            InstanceRecord *record = &expansion->records[i];
            assignment->has_unknown_keys |= record->keys_unknown;
            map_set(&assignment->records,
                    resource_addr_to_str(record->address, assignment->visit->scratch), record);
        }
    }
}

static bool imports_is_there(const InstanceRecord *record) {
    return record->stored && (record->stored->current || record->stored->pending);
}

/* Any instance without an object may be the one to import, so all of them wait. */
static void assign_any(Assignment *assignment) {
    map_each(&assignment->records, entry) {
        InstanceRecord *record = entry->value;
        record->import.is_unknown = !imports_is_there(record);
    }
}

static void visit_imports_assign(Assignment *assignment, const ImportedObject *object) {
    Diags *diags = &assignment->visit->diags;
    InstanceRecord *record = map_find(&assignment->records, object->address);
    if (object->address.len == 0) {
        assign_any(assignment);
    } else if (!record && assignment->has_unknown_keys) {
        log_debug("import deferred", log_text("address", object->address));
    } else if (!record) {
        diags_error(diags, object->range, "Configuration for import target does not exist",
                    "The configuration has no instance %.*s for the imported object.",
                    STR_ARG(object->address))
            ->subject = DIAG_RELATION;
        assignment->ok = false;
    } else if (map_has(&assignment->taken, object->address)) {
        diags_error(diags, object->range, "Duplicate import configuration",
                    "Another import block already imports into %.*s. Remove one of the two blocks.",
                    STR_ARG(object->address));
        assignment->ok = false;
    } else {
        map_set(&assignment->taken, object->address, record);
        if (!imports_is_there(record))
            record->import = object->source;
        log_debug(
            "import assigned", log_text("address", object->address),
            log_text("source", import_source_text(&object->source, assignment->visit->scratch)),
            log_number("exists", imports_is_there(record)));
    }
}

/* Assigns the objects that an import block found, in each instance of its module. */
static void assign_block(Assignment *assignment, const Node *block) {
    vec_each(&block->module->instances, module) {
        const ImportedObjects *objects = node_slot(block, *module)->payload;
        if (!objects)
            continue;
        vec_each(objects, object) {
            visit_imports_assign(assignment, object);
        }
    }
}

bool imports_assign(NodeVisit *visit) {
    const EngineWalk *walk = visit->walk;
    const ResourceNode *resource = visit->node->as.resource;
    const ImportTarget *request = walk->options->import;
    bool is_requested =
        request &&
        str_equal(resource->address, resource_addr_to_config_str(request->address, visit->scratch));
    bool has_none = resource->imports.count == 0 && !is_requested;
    if (has_none || walk->options->is_preflight)
        return true; /* nothing to import, or first pass of a destroy */
    Assignment assignment = {
        .visit = visit,
        .records = map_new(visit->scratch),
        .taken = map_new(visit->scratch),
        .ok = true,
    };
    index_records(&assignment);
    vec_each(&resource->imports, block) {
        assign_block(&assignment, *block);
    }
    if (is_requested) {
        ImportedObject object = {
            .address = resource_addr_to_str(request->address, visit->scratch),
            .source = {.id = request->id},
        };
        visit_imports_assign(&assignment, &object);
    }
    return assignment.ok;
}
