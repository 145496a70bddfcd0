import platform
import struct

import pytest

from records.documents.sandbox import seccomp


def run(code, architecture, number):
    """Do what the kernel does with the byte code."""
    steps = [struct.unpack_from("<HBBI", code, at) for at in range(0, len(code), 8)]
    value, at = 0, 0
    while True:
        operation, if_true, if_false, operand = steps[at]
        at += 1
        if operation == seccomp.RETURN:
            return operand
        if operation == seccomp.LOAD:
            value = {seccomp.ARCHITECTURE_AT: architecture, seccomp.NUMBER_AT: number}[operand]
        elif operation == seccomp.EQUAL:
            at += if_true if value == operand else if_false
        elif operation == seccomp.AT_LEAST:
            at += if_true if value >= operand else if_false


@pytest.mark.parametrize("machine", seccomp.ARCHITECTURES)
def test_program_refuses_the_named_calls_and_allows_every_other(machine):
    code = seccomp.program(machine)
    column = list(seccomp.ARCHITECTURES).index(machine)
    refused = {pair[column] for pair in seccomp.REFUSED.values()}
    architecture = seccomp.ARCHITECTURES[machine]

    for number in range(500):
        expected = seccomp.REFUSE if number in refused else seccomp.ALLOW
        assert run(code, architecture, number) == expected


@pytest.mark.parametrize("machine", seccomp.ARCHITECTURES)
@pytest.mark.parametrize("number", [seccomp.X32_FROM, seccomp.X32_FROM + 41, 2**32 - 1])
def test_program_refuses_calls_of_the_other_numbering(machine, number):
    code = seccomp.program(machine)

    assert run(code, seccomp.ARCHITECTURES[machine], number) == seccomp.REFUSE


@pytest.mark.parametrize("machine", seccomp.ARCHITECTURES)
def test_program_kills_on_another_architecture(machine):
    assert run(seccomp.program(machine), 0x40000003, 1) == seccomp.KILL


def test_program_for_an_unknown_machine_is_an_error():
    with pytest.raises(OSError, match="no filter for riscv64"):
        seccomp.program("riscv64")


def test_install_says_what_the_kernel_answers(monkeypatch):
    class Library:
        def prctl(self, *arguments):
            return -1

    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(seccomp.ctypes, "CDLL", lambda *_, **__: Library())
    monkeypatch.setattr(seccomp.ctypes, "get_errno", lambda: 22)

    with pytest.raises(OSError, match="Invalid argument"):
        seccomp.install()
