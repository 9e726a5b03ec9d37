#include "CLibSSH2Shims.h"

#include <stdlib.h>
#include <string.h>

uint8_t *ccr_queue_reserve(ccr_queue *queue, size_t count) {
    if (count > SIZE_MAX / 4) return NULL;
    if (queue->size - queue->tail >= count) return queue->base + queue->tail;
    size_t held = queue->tail - queue->head;
    if (queue->head > 0) {
        memmove(queue->base, queue->base + queue->head, held);
        queue->head = 0;
        queue->tail = held;
    }
    if (queue->size - held < count) {
        size_t size = (held + count) * 2;
        uint8_t *base = realloc(queue->base, size);
        if (!base) return NULL;
        queue->base = base;
        queue->size = size;
    }
    return queue->base + queue->tail;
}

void ccr_queue_commit(ccr_queue *queue, size_t count) {
    queue->tail += count;
}

void ccr_queue_consume(ccr_queue *queue, size_t count) {
    queue->head += count;
    if (queue->head == queue->tail) queue->head = queue->tail = 0;
}
