/* data null_data_source: returns its inputs. */
#include "null_provider.h"
#include "object_builder.h"

static const Attribute null_data_source_attributes[] = {
    {"inputs", &TYPE_MAP_OF_STRING, OPTIONAL, "Any values."},
    {"has_computed_default", &TYPE_STRING, OPTIONAL | COMPUTED, "Any text (default \"default\")."},
    {"outputs", &TYPE_MAP_OF_STRING, COMPUTED, "Values of \"inputs\"."},
    {"random", &TYPE_STRING, COMPUTED, "Random number, new at each read."},
    {"id", &TYPE_STRING, COMPUTED | DEPRECATED, "Always \"static\"."},
};

static bool source_read(const Call *call, const DataReadRequest *request,
                        DataReadResponse *response, Diags *) {
    ObjectBuilder builder = object_builder_of(request->config, call->arena);
    object_builder_set(&builder, "outputs", object_attribute(request->config, "inputs"));
    object_builder_set(&builder, "random", value_from_str(null_random_text(call->arena)));
    object_builder_set(&builder, "id", value_from_str(STR("static")));
    if (!object_has(request->config, "has_computed_default"))
        object_builder_set(&builder, "has_computed_default", value_from_str(STR("default")));
    response->state = object_builder_value(&builder);
    return true;
}

const DataSourceType data_null_data_source = {
    .mode = MODE_DATA,
    .name = "null_data_source",
    .schema = {SCHEMA_ATTRIBUTES(null_data_source_attributes), .description = "Returns its inputs.",
               .deprecated = "Use \"locals\", which require no provider."},
    .read = source_read,
};
