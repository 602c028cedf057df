"""The warning signs that the safety questions ask for, each in a few words, by the id of its question.

The questions themselves belong to the room of safety, which hands their answers down. Here is how a flag
names them, for therapists and patients alike: no diagnosis, and no clinician has checked the words yet.
"""

SIGNS = {
    "RF01": "numb or pins and needles between the legs",
    "RF02": "numb or different when wiping",
    "RF03": "hard to start or stop to pee, or cannot pee",
    "RF04": "leaks pee, or does not know when to go",
    "RF05": "leaks poo, or does not feel when to go",
    "RF06": "lost feeling during sex, or new sex problems",
    "RF07": "pain, numbness or weakness down both legs",
    "RF07a": "both legs for a long time, and much the same",
    "RF07b": "both legs checked by a doctor, nurse or physio",
    "RF08": "leg or foot weaker, foot drags, or leg gives way",
    "RF09": "chest pain, trouble breathing, or coughing up blood",
    "RF10": "leg or foot cold, pale or blue all of a sudden",
    "RF11": "very tight, swollen lower leg after a knock or hard work",
    "RF12": "very bad tummy or back pain that came on fast, and faint",
    "RF13": "calf or leg swollen, warm, red or darker, or sore at rest",
    "RF14": "hot, shivery or very unwell with the pain",
    "RF14a": "feels very ill or mixed up",
    "RF15": "began after a big fall, a crash or a hard blow",
    "RF15a": "cannot walk, or legs are weak",
    "RF16": "snap or kick in the calf, cannot push up on the toes",
    "RF17": "cancer at some time, and the pain is new",
    "RF18": "lost weight without trying",
    "RF18a": "cancer at some time",
    "RF19": "pain all the time, also at rest and each night",
    "RF20": "calf hurts after the same walk, and stops soon at rest",
    "RF20a": "foot sore, foot pain at night, or foot changed colour",
    "RF21": "numb patch bigger than last week",
    "RF21a": "numb patch grew within days",
    "RF22": "nothing eases the pain, or it stops all sleep",
    "RF23": "calf tight and numb only when running",
    "S1": "numb between the legs, or new trouble with pee or poo",
    "S2": "new weakness, foot drags, or both legs",
    "S3": "calf swollen or hot, chest pain, or out of breath",
    "S4": "hot, shivery or very ill",
}

ANSWERS = {"yes": "yes", "no": "no", "not_sure": "not sure", "skipped": "skipped"}
"""How an answer is written down in evidence: "RF08 yes"."""


def sign_in_words(value: str) -> str:
    """A reading of such evidence in words: "leg or foot weaker, foot drags, or leg gives way: yes"."""
    question, _, answer = value.rpartition(" ")
    if not question:
        return answer
    return f"{SIGNS.get(question, question)}: {ANSWERS.get(answer, answer)}"
