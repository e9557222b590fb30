/* function_call: prepares arguments before a function runs, and its result afterwards. */
#include "function_call.h"

#include "refinement.h"
#include "scope.h"

/* Returns true if the remaining budget covers the whole value; shared parts count each time they
 * occur. For code that writes or walks a whole value. Charges nothing. */
static bool function_call_has_room(const Scope *scope, Value value) {
    if (!scope || !scope->budget)
        return true;
    Budget left = *scope->budget;
    return value_fits(value, &left.elements, &left.bytes);
}

#define HIDDEN   "the value is sensitive, so the error is hidden"
#define TOO_MUCH "the result would have too many elements or too much text"
#define MASK     "(sensitive value)"

/* Returns the format with every argument masked. */
static Str masked_format(const char *format, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    for (const char *at = format; *at; at++) {
        if (*at != '%') {
            strbuf_add_char(&buf, *at);
        } else if (*++at == '%') {
            strbuf_add_char(&buf, '%');
        } else {
            at += strspn(at, ".*hlzj0123456789");
            strbuf_add_cstr(&buf, MASK);
        }
    }
    Str text = strbuf_str(&buf);
    return str_equal(text, STR(MASK)) ? STR(HIDDEN) : text;
}

Str function_text(const FunctionCall *call, size_t i) {
    return value_text(call->arguments[i]);
}

bool function_give_text(const FunctionCall *call, Str text, Value *out) {
    *out = value_string(text, call->arena);
    return true;
}

bool function_fail(FunctionCall *call, size_t argument, Str *error, const char *format, ...) {
    va_list args;
    va_start(args, format);
    *error = call->is_secret ? masked_format(format, call->arena)
                             : str_vformat(call->arena, format, args);
    va_end(args);
    call->is_masked = call->is_secret;
    call->failed_argument = argument;
    return false;
}

/* Returns true if any argument is sensitive or ephemeral. */
static bool function_call_is_secret(const FunctionCall *call) {
    uint8_t marks = 0;
    for (size_t i = 0; i < call->count; i++)
        marks |= value_marks_deep(call->arguments[i]);
    return marks & MARKS_SECRET;
}

Value function_unknown(const FunctionCall *call, const Type *type) {
    return call->function->can_be_null ? value_unknown(type)
                                       : refinement_not_null(type, call->arena);
}

bool function_spend(const FunctionCall *call, size_t elements, size_t bytes, Str *error) {
    int64_t limit = INT64_MAX / 4;
    int64_t wanted = elements > (size_t)limit ? limit : (int64_t)elements;
    int64_t text = bytes > (size_t)limit ? limit : (int64_t)bytes;
    if (scope_spend(call->scope, wanted, text))
        return true;
    *error = STR(TOO_MUCH);
    return false;
}

bool function_check_room(const FunctionCall *call, Value value, Str *error) {
    if (function_call_has_room(call->scope, value))
        return true;
    *error = STR(TOO_MUCH);
    return false;
}

static bool call_unknown_result(FunctionCall *call, Value *out, Str *error) {
    const Type *type = call->function->type;
    if (!type) {
        type = &TYPE_DYNAMIC;
        if (call->function->result_type && !call->function->result_type(call, &type, error))
            return false;
    }
    *out = function_unknown(call, type);
    return true;
}

typedef struct Preparation {
    Value *arguments; /* NULL until an argument has changed */
    uint8_t marks;
    bool is_unknown;
    bool is_dynamic;
} Preparation;

static bool prepare_argument(FunctionCall *call, size_t i, Preparation *preparation, Str *error) {
    const Parameter *parameter = function_parameter(call->function, i);
    Value value = call->arguments[i];
    /* As in Terraform, arguments after one of unknown type are not checked. */
    if (value_is_null(value) && !(parameter->flags & PARAMETER_NULL) && !preparation->is_dynamic) {
        call->failed_argument = i;
        *error = STR("argument must not be null");
        return false;
    }
    if (value_has_marks_anywhere(value) && !(parameter->flags & PARAMETER_MARKED)) {
        if (!preparation->arguments) {
            preparation->arguments = arena_new_array(call->arena, Value, call->count);
            memcpy(preparation->arguments, call->arguments, call->count * sizeof(Value));
            call->arguments = preparation->arguments;
        }
        preparation->marks |= value_marks_deep(value);
        value = value_unmark_deep(value, call->arena);
        preparation->arguments[i] = value;
    }
    if (value.type->kind == KIND_DYNAMIC && !(parameter->flags & PARAMETER_DYNAMIC))
        preparation->is_dynamic = true;
    if (!value_is_known(value) && !(parameter->flags & PARAMETER_UNKNOWN))
        preparation->is_unknown = true;
    return true;
}

/* Replaces an error that function_fail has not masked, because it may quote a sensitive
 * argument. */
static bool call_failed(const FunctionCall *call, Str *error) {
    bool is_shown = !call->is_secret || call->is_masked || str_equal(*error, STR(TOO_MUCH));
    if (!is_shown)
        *error = STR(HIDDEN);
    return false;
}

/* Charges the budget for the text or elements of the result, besides any charge by the function
 * itself. */
static bool call_spend_result(const FunctionCall *call, Value result, Str *error) {
    if (!value_is_present(result) || result.type->kind < KIND_STRING)
        return true;
    bool is_text = result.type->kind == KIND_STRING;
    return function_spend(call, is_text ? 0 : result.count, is_text ? result.count : 0, error);
}

bool function_call(FunctionCall *call, Value *out, Str *error) {
    Preparation preparation = {0};
    call->is_secret = function_call_is_secret(call);
    Value result;
    for (size_t i = 0; i < call->count; i++)
        if (!prepare_argument(call, i, &preparation, error))
            return false;
    call->has_begun = true;
    if (preparation.is_dynamic) {
        result = value_unknown(&TYPE_DYNAMIC);
    } else if (preparation.is_unknown) {
        if (!call_unknown_result(call, &result, error))
            return call_failed(call, error);
    } else if (!call->function->run(call, &result, error)) {
        return call_failed(call, error);
    }
    if (!call_spend_result(call, result, error))
        return call_failed(call, error);
    if (!value_is_known(result) && !call->function->can_be_null)
        result = refinement_add_not_null(result, call->arena);
    *out = value_with_marks(result, preparation.marks);
    return true;
}
