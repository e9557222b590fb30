/* data_source_type: reads within the limit of the block `timeouts`. */
#include "data_source_type.h"

#include "object_type.h"
#include "timeouts.h"

bool data_source_type_read(const DataSourceType *type, const Call *call,
                           const DataReadRequest *request, DataReadResponse *response,
                           Diags *diags) {
    size_t before = diags->error_count;
    *response = (DataReadResponse){.state = request->config};
    if (!type->read)
        return true;
    Timeout limit = timeouts_begin(call, request->config, "read");
    bool is_ok = type->read(&limit.call, request, response, diags);
    if (!is_ok || diags->error_count > before)
        timeouts_explain(&limit, diags);
    return object_type_check_result(is_ok, type->name, "Reading", before, diags);
}
