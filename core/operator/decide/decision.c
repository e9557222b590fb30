#include "decision.h"

void decision_put_first(Decision *decision, DecisionStep step, Arena *arena) {
    vec_push(arena, &decision->steps, step);
    for (size_t i = decision->steps.count - 1; i > 0; i--)
        decision->steps.items[i] = decision->steps.items[i - 1];
    decision->steps.items[0] = step;
}
