/* regex_program: compiles the pattern of regex_rewrite with PCRE2, and searches. */
#include "regex_program.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Callout at the end of a loop's round: only the first round may be empty. Its text is the number
 * of the group that holds the start of the loop. */
static int end_round(pcre2_callout_block *callout, void *) {
    uint64_t group = 0;
    Str text = {(const char *)callout->callout_string, callout->callout_string_length};
    CHECK(str_to_uint64(text, &group));
    const PCRE2_SIZE *places = callout->offset_vector;
    size_t loop_start = places[2 * group];
    size_t round_start = places[2 * group + 2];
    bool is_allowed = callout->current_position != round_start || round_start == loop_start;
    return is_allowed ? 0 : 1;
}

static void read_names(RegexProgram *program) {
    program->names = program->rewrite.names.items;
    program->capture_count = program->rewrite.names.count;
    for (size_t i = 0; i < program->capture_count; i++) {
        if (program->names[i].len)
            program->has_names = true;
        else
            program->has_unnamed = true;
    }
}

static pcre2_code *compile_rewritten(const RegexRewrite *rewrite, Str *error, Arena *arena) {
    uint32_t options = PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;
    int code = 0;
    PCRE2_SIZE offset = 0;
    /* PCRE2 makes a repetition possessive if it finds no other way to match. It assumes that
     * callouts never fail. */
    if (rewrite->has_callouts)
        options |= PCRE2_NO_AUTO_POSSESS;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    CHECK(context);
    pcre2_set_parens_nest_limit(context, UINT32_MAX);
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)rewrite->pattern.ptr, rewrite->pattern.len,
                                         options, &code, &offset, context);
    pcre2_compile_context_free(context);
    if (!compiled) {
        PCRE2_UCHAR message[160];
        pcre2_get_error_message(code, message, sizeof(message));
        *error = str_format(arena, "invalid regexp pattern: %s", (char *)message);
    }
    return compiled;
}

bool regex_program_compile(Str pattern, RegexProgram *out, Str *error, Arena *arena) {
    Str fault;
    if (!regex_rewrite(pattern, &out->rewrite, &fault, arena)) {
        *error = str_format(arena, "invalid regexp pattern: %.*s", STR_ARG(fault));
        return false;
    }
    out->code = compile_rewritten(&out->rewrite, error, arena);
    if (!out->code)
        return false;
    if (out->rewrite.has_callouts) {
        out->context = pcre2_match_context_create(NULL);
        CHECK(out->context);
        pcre2_set_callout(out->context, end_round, NULL);
    }
    out->data = pcre2_match_data_create_from_pattern(out->code, NULL);
    CHECK(out->data);
    read_names(out);
    return true;
}

void regex_program_release(RegexProgram *program) {
    pcre2_match_data_free(program->data);
    pcre2_code_free(program->code);
    pcre2_match_context_free(program->context);
}

RegexResult regex_program_search(RegexProgram *program, Str text, size_t from, Str *error) {
    int count = pcre2_match(program->code, (PCRE2_SPTR)text.ptr, text.len, from,
                            from ? PCRE2_NO_UTF_CHECK : 0, program->data, program->context);
    if (count > 0) {
        program->start = pcre2_get_ovector_pointer(program->data)[0];
        program->end = pcre2_get_ovector_pointer(program->data)[1];
        return REGEX_FOUND;
    }
    if (count == PCRE2_ERROR_NOMATCH)
        return REGEX_NOT_FOUND;
    *error = STR("the pattern takes too long for this text; simplify it");
    return REGEX_FAILED;
}

bool regex_program_capture(const RegexProgram *program, Str text, size_t capture, Str *out) {
    const PCRE2_SIZE *places = pcre2_get_ovector_pointer(program->data);
    if (capture == 0) {
        *out = str_slice(text, program->start, program->end);
        return true;
    }
    const RegexGroupVec *groups = &program->rewrite.groups[capture - 1];
    PCRE2_SIZE start = PCRE2_UNSET;
    PCRE2_SIZE end = 0;
    /* If several groups belong to one capture, the latest that matched is the rightmost. */
    vec_each(groups, it) {
        PCRE2_SIZE group_start = places[(size_t)*it * 2];
        PCRE2_SIZE group_end = places[(size_t)*it * 2 + 1];
        if (group_start == PCRE2_UNSET || (start != PCRE2_UNSET && group_start < start) ||
            (group_start == start && group_end < end))
            continue;
        start = group_start;
        end = group_end;
    }
    if (start != PCRE2_UNSET)
        *out = str_slice(text, start, end);
    return start != PCRE2_UNSET;
}
