
; What compiled rules ask of Numba's runtime: blocks of memory, one behind the other. Once none lives, all of it is free again.
@heap_end = global i64 0
@heap_live = global i64 0
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
  %at24 = getelementptr i8, ptr %info, i64 24
  store i32 %data32, ptr %at24
  ret ptr %info
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
