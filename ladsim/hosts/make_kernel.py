"""Makes ``kernel.wasm`` from the rules: ``make kernel``.

The rules are compiled by Numba as for the native host. Their LLVM text, taken before anything is optimised (for then offsets are those of
64-bit pointers), is given the triple of 32-bit WebAssembly, freed of all that calls Python, linked into one module, optimised, and linked
to a file by LLD (which the package ``ziglang`` brings to any platform). Numba's allocation becomes a bump allocator inside the module.

The module asks its host for its memory, and for ``own``: a rule of a user's own programme, which is called back as Python. It exports
``call(n, slots)``, which calls entry n of ``kernel.json``; a table of the programmes' rules at ``hooks``, and of places for a user's own
at ``own_hooks``; and its allocator's cells. An entry finds all at the address of its slots: what it gives is written to the first 128
bytes, its arguments follow, eight bytes each; an array is its address and the lengths of its axes.

The same sources and the same Numba, llvmlite and ziglang (LLD) give the same bytes on any machine: the text is taken for a generic
processor.
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ladsim.files import temporary_folder
from ladsim.hosts import sources
from ladsim.hosts.entry import ENTRIES, Entry, Kind
from ladsim.hosts.wasm_module import EXPORTS, seal_of

HERE = Path(__file__).parent
MADE_WITH = ("numba", "llvmlite", "ziglang")  # whose versions decide what comes out
MOST_OWN = 64  # rules of a user's own programmes in one market
GIVEN = 128  # bytes of the slots for what an entry gives; the last 8 for its exception
_TRIPLE = "wasm32-unknown-unknown"
_FEATURES = "+bulk-memory,+sign-ext,+nontrapping-fptoint"
_INSIDE = "LADSIM_KERNEL_ROOM"  # names the cache of the process that makes it
_GENERIC = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "NUMBA_NUM_THREADS": "1", "NUMBA_DISABLE_JIT": "0"}


def main(folder: Path = HERE) -> None:
    """Write ``kernel.wasm`` and ``kernel.json`` into a folder, in a process of its own.

    What comes from a cache has no text, what was compiled for this processor is another text, and what is compiled here has no way in
    from Python: nothing of it may lie where a run looks for its rules. Where only words about the rules have changed, that is noted.
    """
    if _renewed(folder):
        return
    with temporary_folder() as cache:
        environment = {**os.environ, **_GENERIC, "LADSIM_CACHE_DIR": str(cache), _INSIDE: str(cache)}
        subprocess.run([sys.executable, "-m", "ladsim.hosts.make_kernel", str(folder)], env=environment, check=True)


def _renewed(folder: Path) -> bool:
    """Whether the folder has the module of these rules already; what their files say now is then written down."""
    try:
        said = json.loads((folder / "kernel.json").read_text(encoding="utf-8"))
        is_whole = said["module"] == sources.hash_of((folder / "kernel.wasm").read_bytes())
        is_same = said["rules"] == sources.hash_of_rules() and said["made_with"] == {
            name: version(name) for name in said["made_with"]
        }
    except (OSError, ValueError, KeyError, PackageNotFoundError):
        return False
    if is_whole and is_same:
        _write(folder, said | {"bytes": sources.hash_of_bytes()})
    return is_whole and is_same


def _write(folder: Path, said: dict[str, Any]) -> None:
    said = said | {"seal": seal_of(said)}
    (folder / "kernel.json").write_text(json.dumps(said, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _make(folder: Path) -> None:
    _import_rules()
    with temporary_folder() as room:
        entries, hooks, texts = _compiled()
        binary = _linked(_module(entries, hooks, texts), room)
    said = {
        "rules": sources.hash_of_rules(),
        "bytes": sources.hash_of_bytes(),
        "module": sources.hash_of(binary),
        "made_with": {name: version(name) for name in MADE_WITH},
        "entries": {name: entry.signature for name, entry in entries.items()},
        "hooks": list(hooks),
        "given": GIVEN,
        "own": MOST_OWN,
    }
    (folder / "kernel.wasm").write_bytes(binary)
    _write(folder, said)


def _import_rules() -> None:
    for path in sources.files():
        importlib.import_module(".".join(("ladsim", *path.relative_to(sources.PACKAGE).with_suffix("").parts)))


def _compiled() -> tuple[dict[str, Entry], dict[str, str], list[str]]:
    """All entries by name, the symbol of each programme's rule by ``points.on_order``, and all texts."""
    from ladsim.hosts.native import hook_of, numba_type, rule_of

    with _taken_down() as texts:
        entries = dict(sorted(ENTRIES.items()))
        for entry in entries.values():
            rule_of(entry.function).compile(tuple(numba_type(kind) for kind in entry.takes))
        hooks = {}
        for path in [path for path in sources.files() if path.parent.name == "programs"]:
            for name, function in sorted(vars(sys.modules[f"ladsim.scenario.programs.{path.stem}"]).items()):
                if getattr(function, "compiled_as", "") == "hook":
                    hooks[f"{path.stem}.{name}"] = hook_of(function)._wrapper_name.removeprefix("cfunc.")
    return entries, hooks, texts


def symbol_of(entry: Entry) -> str:
    """What Numba calls an entry."""
    from ladsim.hosts.native import rule_of

    (made,) = rule_of(entry.function).overloads.values()
    return str(made.fndesc.llvm_func_name)


@contextmanager
def _taken_down() -> Iterator[list[str]]:
    """The text of every module that Numba writes meanwhile, before it is optimised."""
    from numba.core.codegen import CPUCodeLibrary

    texts: list[str] = []
    add = CPUCodeLibrary.add_llvm_module

    def take(library: Any, module: Any) -> Any:
        texts.append(str(module))
        return add(library, module)

    CPUCodeLibrary.add_llvm_module = take  # type: ignore[method-assign]
    try:
        yield texts
    finally:
        CPUCodeLibrary.add_llvm_module = add  # type: ignore[method-assign]


def _target() -> Any:
    import llvmlite.binding as llvm  # type: ignore[import-untyped]

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    return llvm.Target.from_triple(_TRIPLE).create_target_machine(opt=3, features=_FEATURES)


def _module(entries: dict[str, Entry], hooks: dict[str, str], texts: list[str]) -> bytes:
    """One object file of all entries and hooks."""
    import llvmlite.binding as llvm

    target = _target()
    whole = llvm.parse_assembly("")
    whole.triple, whole.data_layout = _TRIPLE, str(target.target_data)
    for text in texts:
        part = _for_wasm(text, str(target.target_data))
        for function in part.functions:
            if not function.is_declaration:
                function.linkage = "weak_odr"  # the same function of two texts is one
        whole.link_in(part)
    for thing in (*whole.functions, *whole.global_variables):
        if not thing.is_declaration:
            thing.linkage = "internal"
    text = _without_runtime(str(whole)) + (HERE / "runtime.ll").read_text(encoding="utf-8")
    kinds = {function.name: [str(argument.type) for argument in function.arguments] for function in whole.functions}
    for number, entry in enumerate(entries.values()):
        text += _entrance(number, entry, symbol_of(entry), kinds[symbol_of(entry)])
    for number, symbol in enumerate(hooks.values()):
        text += _hook(number, symbol)
    text += "\ndeclare double @own(i32, i64, i64, i64, i64, double)\n" + "".join(_own(number) for number in range(MOST_OWN))
    text += f"\n@own_hooks = constant {_table('own', MOST_OWN)}"
    text += f"\n@hooks = constant {_table('hook', len(hooks))}\n@entries = internal constant {_table('entry', len(entries))}\n"
    text += _CALL.format(count=len(entries))
    module = llvm.parse_assembly(text)
    builder = llvm.create_pass_builder(target, llvm.create_pipeline_tuning_options(speed_level=3))
    builder.getModulePassManager().run(module, builder)
    module.verify()
    left = [f.name for f in module.functions if f.is_declaration and not f.name.startswith("llvm.") and f.name != "own"]
    if left:
        raise RuntimeError(f"kernel.wasm: found calls of {', '.join(left)}, which no host has")
    return bytes(target.emit_object(module))


def _for_wasm(text: str, layout: str) -> Any:
    """A text of Numba's as a module for WebAssembly, without what calls Python."""
    import llvmlite.binding as llvm

    text = re.sub(r'target datalayout = ".*"', f'target datalayout = "{layout}"', text)
    text = re.sub(r'target triple = ".*"', f'target triple = "{_TRIPLE}"', text)
    text = re.sub(r'"(target-cpu|target-features|tune-cpu|frame-pointer|probe-stack)"="[^"]*"', "", text)
    text = re.sub(r"= common (local_unnamed_addr )?global", "= linkonce_odr global", text)
    text = re.sub(r'define[^\n]*@"?(_ZN7cpython|cfunc\.)[^\n]*\{\n.*?\n\}\n', "", text, flags=re.DOTALL)
    for name, gives in (("NRT_incref", "void"), ("NRT_decref", "void"), ("NRT_MemInfo_data_fast", "ptr")):
        body = rf"define[^\n]*@{name}\([^\n]*\{{\n.*?\n\}}\n"
        text = re.sub(body, f"declare {gives} @{name}(ptr)\n", text, flags=re.DOTALL)
    module = llvm.parse_assembly(_read_ahead(text))
    module.triple, module.data_layout = _TRIPLE, layout
    return module


def _read_ahead(text: str) -> str:
    """The text with what is asked of memory ahead read from it instead: WebAssembly cannot ask, and a read nobody waits for does as well.

    A read that must not be left out (volatile) of a byte; several in a row fetch their lines at the same time.
    """
    asked = re.compile(r"(?:tail )?call void @llvm\.prefetch\.p0\((?:ptr|i8\*) ([^,]+), [^\n]*?\)")
    number = itertools.count()
    return asked.sub(lambda found: f"%read_ahead.{next(number)} = load volatile i8, ptr {found[1]}", text)


def _without_runtime(text: str) -> str:
    """The text without the declarations of what ``runtime.ll`` defines."""
    for name in ("NRT_MemInfo_alloc_aligned", "NRT_MemInfo_data_fast", "NRT_incref", "NRT_decref", "sched_yield"):
        text = re.sub(rf"declare[^\n]*@{name}\([^\n]*\n", "", text)
    text = re.sub(r"declare[^\n]*@sqrt\([^\n]*\n", "", text).replace("@sqrt(", "@llvm.sqrt.f64(")
    return (
        text
        if "@llvm.sqrt.f64(" not in text or "declare double @llvm.sqrt.f64" in text
        else text + "\ndeclare double @llvm.sqrt.f64(double)\n"
    )


def _table(name: str, count: int) -> str:
    return f"[{count} x ptr] [{', '.join(f'ptr @{name}_{n}' for n in range(count))}]"


_CALL = """
define i32 @call(i32 %number, ptr %slots) {{
  %place = getelementptr [{count} x ptr], ptr @entries, i32 0, i32 %number
  %entry = load ptr, ptr %place
  %status = call i32 %entry(ptr %slots)
  ret i32 %status
}}
"""


def _quoted(symbol: str) -> str:
    return f'@"{symbol}"'


def _entrance(number: int, entry: Entry, symbol: str, kinds: list[str]) -> str:
    """The function that takes an entry's arguments from its slots. Gives Numba's status: 0, or that there was an exception."""
    lines: list[str] = []
    values: list[str] = []
    slot = GIVEN

    def fresh(code: str) -> str:
        lines.append(f"  %v{len(lines)} = {code}")
        return f"%v{len(lines) - 1}"

    def read(kind: str) -> str:
        nonlocal slot
        place = fresh(f"getelementptr i8, ptr %slots, i32 {slot}")
        slot += 8
        return fresh(f"load {kind}, ptr {place}")

    waiting = iter(kinds[2:])  # behind where to write the result and the exception
    for kind in entry.takes:
        if not kind.axes:
            values.append(f"{(own := next(waiting))} {read(own)}")
            continue
        address = fresh(f"inttoptr i64 {read('i64')} to ptr")
        lengths = [read("i64") for _ in range(kind.axes)]
        values += _array(kind, address, lengths, fresh)
        for _ in range(5 + 2 * kind.axes):
            next(waiting)
    failed = fresh(f"getelementptr i8, ptr %slots, i32 {GIVEN - 8}")
    handed = ", ".join(["ptr %slots", f"ptr {failed}", *values])
    body = "\n".join(lines)
    return f"\ndefine internal i32 @entry_{number}(ptr %slots) {{\n{body}\n  %status = call i32 {_quoted(symbol)}({handed})\n  ret i32 %status\n}}\n"


def _array(kind: Kind, address: str, lengths: list[str], fresh: Any) -> list[str]:
    """An array as Numba hands it over: two owners, number of items, their size, address, lengths and strides."""
    strides: list[str] = []
    items, step = lengths[0], str(kind.dtype.itemsize)
    for length in lengths[1:]:
        items = fresh(f"mul i64 {items}, {length}")
    for length in reversed(lengths):
        strides.insert(0, step)
        step = fresh(f"mul i64 {step}, {length}")
    numbers = ", ".join(f"i64 {n}" for n in (items, kind.dtype.itemsize))
    return ["ptr null", "ptr null", *numbers.split(", "), f"ptr {address}", *(f"i64 {n}" for n in (*lengths, *strides))]


def _hook(number: int, symbol: str) -> str:
    """A programme's rule as the rules call it; Numba's own gives its result by an address, and a status."""
    return f"""
define internal double @hook_{number}(i64 %market, i64 %row, i64 %place, i64 %time, double %number) {{
  %given = alloca double
  %failed = alloca ptr
  store double 0.0, ptr %given
  %status = call i32 {_quoted(symbol)}(ptr %given, ptr %failed, i64 %market, i64 %row, i64 %place, i64 %time, double %number)
  %value = load double, ptr %given
  ret double %value
}}
"""


def _own(number: int) -> str:
    """The place in the table of a user's own rule."""
    return f"""
define internal double @own_{number}(i64 %market, i64 %row, i64 %place, i64 %time, double %number) {{
  %value = call double @own(i32 {number}, i64 %market, i64 %row, i64 %place, i64 %time, double %number)
  ret double %value
}}
"""


def _linked(machine_code: bytes, room: Path) -> bytes:
    """The module as a file."""
    (room / "kernel.o").write_bytes(machine_code)
    exports = [f"--export={name}" for name in EXPORTS]
    options = [
        "--no-entry",
        "--import-memory",
        "--allow-undefined",
        "-O3",
        "--strip-all",
        "--stack-first",
        "-z",
        "stack-size=1048576",
    ]
    words = [sys.executable, "-m", "ziglang", "wasm-ld", "kernel.o", "-o", "kernel.wasm", *options, *exports]
    subprocess.run(words, cwd=room, check=True)
    return (room / "kernel.wasm").read_bytes()


if __name__ == "__main__":
    (_make if _INSIDE in os.environ else main)(*(Path(word).resolve() for word in sys.argv[1:2] or [str(HERE)]))
