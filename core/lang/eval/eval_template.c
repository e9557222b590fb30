/* eval_template: evaluates text with interpolations and directives. */

#include "evaluation.h"
#include "refinement.h"
#include "utf8.h"

/* As in Terraform, the known prefix of an unknown text is at most this long. */
#define PREFIX_MAX 128

/* The text so far. After an unknown part only the text before it is known. */
typedef struct TemplateText {
    StrBuf buf;
    uint8_t marks;
    bool is_unknown;
} TemplateText;

static bool template_text_part(Evaluation *evaluation, const Expr *expr, TemplateText *text);

static bool eval_template_refuse(Evaluation *evaluation, const Expr *expr, const char *why) {
    return eval_error(evaluation, expr, "Invalid template interpolation value", "%s", why);
}

static bool template_text_add(Evaluation *evaluation, const Expr *expr, Value value,
                              TemplateText *text) {
    ConvertError error;
    if (value_is_null(value))
        return eval_template_refuse(
            evaluation, expr,
            "The value is null and has no text. To use another value instead, use coalesce.");
    /* As in Terraform, an unknown value is accepted whatever its type. */
    bool is_text = value.type == &TYPE_STRING || !value_is_known(value);
    if (!is_text && !convert_value(value, &TYPE_STRING, &value, &error, evaluation->arena)) {
        Str why = str_format(evaluation->arena, "The value cannot be part of a string: %.*s.",
                             STR_ARG(error.message));
        return eval_template_refuse(evaluation, expr, str_to_cstr(why, evaluation->arena));
    }
    text->marks |= value.marks;
    if (!value_is_known(value)) {
        text->is_unknown = true;
    }
    if (text->is_unknown)
        return true;
    strbuf_add(&text->buf, value_text(value));
    return eval_spend(evaluation, expr, 0, (int64_t)value.count);
}

static bool template_text_parts(Evaluation *evaluation, const Expr *expr, TemplateText *text) {
    bool is_good = true;
    for (size_t i = 0; i < expr->as.parts.count; i++)
        if (is_good || eval_goes_on(evaluation, SIZE_MAX))
            is_good = template_text_part(evaluation, expr->as.parts.items[i], text) && is_good;
    return is_good;
}

static bool template_text_part(Evaluation *evaluation, const Expr *expr, TemplateText *text) {
    Value value;
    return eval_node(evaluation, expr, &value) && template_text_add(evaluation, expr, value, text);
}

static TemplateText template_text_new(Arena *arena) {
    return (TemplateText){.buf = strbuf_new(arena)};
}

static Value template_text_finish(TemplateText *text, Arena *arena) {
    Value value;
    Str known = strbuf_str(&text->buf);
    if (text->is_unknown) {
        Str prefix = utf8_settled_prefix(str_slice(known, 0, PREFIX_MAX), arena);
        Refinement refinement = refinement_any();
        refinement.not_null = true;
        refinement.prefix = prefix;
        value = refinement_to_value(&TYPE_STRING, refinement, arena);
    } else {
        value = value_string(known, arena);
    }
    return value_with_marks(value, text->marks);
}

/* Evaluates the inside of a directive as text, even if it is a single interpolation. */
static bool template_as_text(Evaluation *evaluation, const Expr *expr, Value *out) {
    TemplateText text = template_text_new(evaluation->arena);
    if (!template_text_parts(evaluation, expr, &text))
        return false;
    *out = template_text_finish(&text, evaluation->arena);
    return true;
}

static bool eval_parts(Evaluation *evaluation, const Expr *expr, Value *out) {
    bool is_wrap =
        expr->as.parts.count == 1 && !(expr->as.parts.items[0]->kind == EXPR_TEMPLATE_IF ||
                                       expr->as.parts.items[0]->kind == EXPR_TEMPLATE_FOR);
    if (is_wrap)
        return eval_node(evaluation, expr->as.parts.items[0], out);
    return template_as_text(evaluation, expr, out);
}

/* As in a conditional, both branches are evaluated, and errors count only in the chosen one. */
static bool eval_template_if(Evaluation *evaluation, const Expr *expr, Value *out) {
    Arena *arena = evaluation->arena;
    const Expr *exprs[2] = {expr->as.conditional.if_false, expr->as.conditional.if_true};
    Diags diags[2] = {diags_new(arena), diags_new(arena)};
    Value values[2] = {value_from_str(STR_EMPTY), value_from_str(STR_EMPTY)};
    for (int i = 0; i < 2; i++) {
        Evaluation branch = *evaluation;
        branch.diags = &diags[i];
        if (exprs[i] && !template_as_text(&branch, exprs[i], &values[i]))
            values[i] = value_unknown(&TYPE_STRING);
    }
    Value condition;
    if (!eval_condition(evaluation, expr->as.conditional.condition, &condition))
        return false;
    uint8_t marks = condition.marks | values[0].marks | values[1].marks;
    if (!value_is_known(condition)) {
        *out = value_with_marks(value_unknown(&TYPE_STRING), marks);
        return true;
    }
    int chosen = condition.as.boolean ? 1 : 0;
    if (diags_has_errors(&diags[chosen])) {
        diags_append(evaluation->diags, &diags[chosen]);
        return false;
    }
    *out = value_with_marks(values[chosen], marks);
    return true;
}

/* Evaluates one iteration and appends its text. As in Terraform, an unknown iteration drops the
 * marks of all iterations. */
static bool template_for_round(Evaluation *evaluation, const Expr *expr, TemplateText *all) {
    TemplateText round = template_text_new(evaluation->arena);
    if (!template_text_parts(evaluation, expr, &round))
        return false;
    if (round.is_unknown)
        all->is_unknown = true;
    if (all->is_unknown)
        return true;
    all->marks |= round.marks;
    strbuf_add(&all->buf, strbuf_str(&round.buf));
    return true;
}

static bool eval_template_for(Evaluation *evaluation, const Expr *expr, Value *out) {
    Value collection;
    uint8_t marks = 0;
    bool is_known = true;
    if (!eval_loop_collection(evaluation, expr, &collection, &marks, &is_known))
        return false;
    if (!is_known) {
        *out = value_unknown(&TYPE_STRING);
        return true;
    }
    TemplateText text = template_text_new(evaluation->arena);
    EvalLoop loop = {.outer = evaluation->loops,
                     .key_name = expr->as.loop.key_name,
                     .value_name = expr->as.loop.value_name};
    Evaluation inner = *evaluation;
    inner.loops = &loop;
    bool is_good = true;
    size_t before = evaluation->diags->count;
    size_t limit = evaluation->diags->error_count + EVAL_ERRORS_MAX;
    size_t count = eval_element_count(collection);
    for (size_t i = 0; i < count && eval_goes_on(evaluation, limit); i++) {
        eval_loop_set(&loop, collection, i);
        is_good = template_for_round(&inner, expr->as.loop.value, &text) && is_good;
    }
    eval_mark_each(evaluation, before);
    if (!is_good || !eval_spend(evaluation, expr, 0, 0))
        return false;
    Value result =
        text.is_unknown
            ? value_unknown(&TYPE_STRING)
            : value_with_marks(value_string(strbuf_str(&text.buf), evaluation->arena), text.marks);
    *out = value_with_marks(result, marks);
    return true;
}

bool eval_template(Evaluation *evaluation, const Expr *expr, Value *out) {
    if (expr->kind == EXPR_TEMPLATE)
        return eval_parts(evaluation, expr, out);
    return expr->kind == EXPR_TEMPLATE_IF ? eval_template_if(evaluation, expr, out)
                                          : eval_template_for(evaluation, expr, out);
}
