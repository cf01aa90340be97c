
; What compiled rules ask of Numba's runtime: blocks of memory, one behind the other. Once none lives, all of it is free again.
@heap_end = global i64 0
@heap_live = global i64 0
@heap_top = global i64 0 ; the furthest that blocks have ever reached
@heap_mark = internal global i64 0

declare i32 @llvm.wasm.memory.size.i32(i32)
declare i32 @llvm.wasm.memory.grow.i32(i32, i32)
declare void @llvm.trap()

define internal i32 @sched_yield() {
  ret i32 0
}

define internal noalias ptr @NRT_MemInfo_alloc_aligned(i64 %size, i32 %align) {
  %begin = load i64, ptr @heap_end
  %live = load i64, ptr @heap_live
  %first = icmp eq i64 %live, 0
  %old = load i64, ptr @heap_mark
  %mark = select i1 %first, i64 %begin, i64 %old
  store i64 %mark, ptr @heap_mark
  %more = add i64 %live, 1
  store i64 %more, ptr @heap_live
  %data = add i64 %begin, 64
  %padded = add i64 %size, 127
  %room = and i64 %padded, -64
  %end = add i64 %data, %room
  store i64 %end, ptr @heap_end
  %reached = load i64, ptr @heap_top
  %further = icmp ugt i64 %end, %reached
  %top = select i1 %further, i64 %end, i64 %reached
  store i64 %top, ptr @heap_top
  %pages = call i32 @llvm.wasm.memory.size.i32(i32 0)
  %pages64 = zext i32 %pages to i64
  %there = shl i64 %pages64, 16
  %short = icmp ugt i64 %end, %there
  br i1 %short, label %grow, label %done
grow:
  %missing = sub i64 %end, %there
  %rounded = add i64 %missing, 65535
  %needed = lshr i64 %rounded, 16
  %toomany = icmp ugt i64 %needed, 65535
  br i1 %toomany, label %none, label %ask
ask:
  %needed32 = trunc i64 %needed to i32
  %got = call i32 @llvm.wasm.memory.grow.i32(i32 0, i32 %needed32)
  %refused = icmp eq i32 %got, -1
  br i1 %refused, label %none, label %done
none:
  call void @llvm.trap()
  unreachable
done:
  %info = inttoptr i64 %begin to ptr
  store i64 1, ptr %info
  %data32 = trunc i64 %data to i32
  %at16 = getelementptr i8, ptr %info, i64 16
  store i32 %data32, ptr %at16
  ret ptr %info
}

define internal ptr @NRT_MemInfo_data_fast(ptr %info) alwaysinline {
  %at16 = getelementptr i8, ptr %info, i64 16
  %data = load ptr, ptr %at16
  ret ptr %data
}

define internal void @NRT_incref(ptr %info) alwaysinline {
  %none = icmp eq ptr %info, null
  br i1 %none, label %end, label %count
count:
  %n = load i64, ptr %info
  %m = add i64 %n, 1
  store i64 %m, ptr %info
  br label %end
end:
  ret void
}

define internal void @NRT_decref(ptr %info) {
  %none = icmp eq ptr %info, null
  br i1 %none, label %end, label %count
count:
  %n = load i64, ptr %info
  %m = sub i64 %n, 1
  store i64 %m, ptr %info
  %dead = icmp eq i64 %m, 0
  br i1 %dead, label %free, label %end
free:
  %live = load i64, ptr @heap_live
  %less = sub i64 %live, 1
  store i64 %less, ptr @heap_live
  %last = icmp eq i64 %less, 0
  br i1 %last, label %all, label %end
all:
  %mark = load i64, ptr @heap_mark
  store i64 %mark, ptr @heap_end
  br label %end
end:
  ret void
}

; The product of two numbers of 128 bits, which LLVM leaves to a library: from the four products of their halves of 32 bits.
; Not to be optimised: it would be found out to be what it is, and call itself.
define void @__multi3(ptr %result, i64 %a, i64 %a_high, i64 %b, i64 %b_high) noinline optnone {
  %a0 = and i64 %a, 4294967295
  %a1 = lshr i64 %a, 32
  %b0 = and i64 %b, 4294967295
  %b1 = lshr i64 %b, 32
  %p00 = mul i64 %a0, %b0
  %p01 = mul i64 %a0, %b1
  %p10 = mul i64 %a1, %b0
  %p11 = mul i64 %a1, %b1
  %carry = lshr i64 %p00, 32
  %middle = add i64 %p10, %carry
  %middle_low = and i64 %middle, 4294967295
  %middle_high = lshr i64 %middle, 32
  %other = add i64 %p01, %middle_low
  %other_high = lshr i64 %other, 32
  %high0 = add i64 %p11, %middle_high
  %high1 = add i64 %high0, %other_high
  %low = mul i64 %a, %b
  %cross0 = mul i64 %a, %b_high
  %cross1 = mul i64 %a_high, %b
  %high2 = add i64 %high1, %cross0
  %high = add i64 %high2, %cross1
  store i64 %low, ptr %result
  %at8 = getelementptr i8, ptr %result, i64 8
  store i64 %high, ptr %at8
  ret void
}
