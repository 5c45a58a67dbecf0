# SPDX-License-Identifier: Apache-2.0
# Floating-point operations of each function that tools/modelgen writes, as an enum: a fused
# multiply-add is two, a division or square root one; signs and comparisons are none.
/^MODEL_INLINE void/ { name = $3; sub(/\(.*/, "", name); count[name] = 0 }
/ v_(fma|fms|fnma)\(/ { count[name] += 2 }
/ v_(add|sub|mul|inv|sqrt)\(/ { count[name] += 1 }
END {
    print "enum {"
    for (name in count) {
        printf "    OPERATIONS_%s = %d,\n", name, count[name]
    }
    print "};"
}
