/* object_type: what the engine does with types of every kind, and its calls of the kinds with few
 * slots: data sources, ephemeral resources, actions and list types. Those of managed types are in
 * resource_type.h. Each call is of the type call->type. */
#pragma once

#include "provider.h"

/* Validates the configuration against the schema; if it is valid, calls the type's `validate`. */
MUST_USE bool object_type_validate(const Call *call, Value config, Diags *diags);
/* Checks the result of a slot: returns false exactly if errors were added since `before`. If a slot
 * returns false without an error, adds one that starts with `operation` ("Creation"). */
MUST_USE bool object_type_check_result(bool is_ok, const char *name, const char *operation,
                                       size_t before, Diags *diags);
/* Adds the error that the type does not support `operation` ("imported"); always returns false. */
bool object_type_report_unsupported(const char *name, const char *operation, Diags *diags);

/* Data sources. A NULL `read` returns the configuration. */
MUST_USE bool object_type_read_data(const Call *call, const DataReadRequest *request,
                                    DataReadResponse *response, Diags *diags);

/* Ephemeral resources. A NULL `open` or `renew` is an error; a NULL `close` does nothing. */
MUST_USE bool object_type_open(const Call *call, const OpenRequest *request, OpenResponse *response,
                               Diags *diags);
MUST_USE bool object_type_renew(const Call *call, const RenewRequest *request,
                                RenewResponse *response, Diags *diags);
MUST_USE bool object_type_close(const Call *call, const CloseRequest *request, Diags *diags);

/* Actions. */
MUST_USE bool object_type_plan_action(const Call *call, const ActionRequest *request,
                                      ActionResponse *response, Diags *diags);
MUST_USE bool object_type_invoke(const Call *call, const ActionRequest *request, Diags *diags);

/* Lists objects of the managed type `resource`. `sink` receives at most request->limit valid
 * objects. */
MUST_USE bool object_type_list(const Call *call, const ResourceType *resource,
                               const ListRequest *request, const ListSink *sink, Diags *diags);
