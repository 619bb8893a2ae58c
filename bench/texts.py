"""What the bench's images say: sentences, names and labels written for this bench, in six languages.

`Words` deals them out in a seeded order, so that the same seed gives the same pages.
"""

import random

SENTENCES = {
    "en": [
        "The ferry left the harbour nine minutes late, and nobody on deck seemed to mind.",
        "Please keep the blue folder in the second drawer until the inspector has signed it.",
        "A quiet kettle, an open window and a page of sums made up her whole morning.",
        "Our gauge read 41.7 degrees at noon and dropped to 12.3 before the storm.",
        "Every shelf in the workshop carries a number, but the numbers do not follow any order.",
        "He asked whether the bridge could bear a truck of 18 tonnes; the answer was a long silence.",
        "Old maps show a mill where the car park stands today.",
        "The recipe wants 250 g of flour, two eggs and more patience than I own.",
        "If the lamp blinks twice, unplug it, wait one minute and try again.",
        "Jacob quickly boxed five dozen wax jugs and put them by the stairs.",
        "You will find the spare key under the third pot, not under the first.",
        "The committee agreed on three points: cost, colour and the width of the gate.",
        "Rain had washed the chalk off the board, so the prices were anyone's guess.",
        'She wrote "do not fold" on the envelope and folded it twice.',
        "Between 6:45 and 7:20 the platform fills with people who never look up.",
        "The new engine uses less oil (about 15% less) and makes far more noise.",
        "Nobody remembers who planted the walnut tree, yet everybody claims its shade.",
        "Send the signed form to room B-204 or leave it with Mrs. Okafor at the desk.",
        "A wide river, a narrow boat & a rope that was far too short.",
        "The library opens at ten; its cat opens one eye at eleven.",
        "We measured the field twice and got two answers, both of them wrong.",
        "Version 3.2 fixes the leak in the pump and adds a switch for winter mode.",
        "My grandfather repaired clocks, radios and, on Sundays, quarrels.",
        "Turn left after the bakery, cross the yard, and knock on the green door.",
        "The price rose from $19.99 to $24.50 within a single week.",
        "Fog hid the lighthouse, though its horn could be heard for miles.",
        "They kept bees on the roof and honey in the cellar.",
        "Write your name in block letters, then the date, then your reason for calling.",
        "It took four people, two ladders and a lot of string to hang the painting.",
        "What looked like a scratch on the lens turned out to be a very small spider.",
    ],
    "de": [
        "Der Zug nach Würzburg fährt heute von Gleis 7 und hält nicht in Fürth.",
        "Bitte schließen Sie die Tür leise, das Kind im Nebenzimmer schläft noch.",
        "Für den Kuchen brauchen wir 300 g Mehl, drei Eier und eine Prise Salz.",
        "Die Straßenbahn war überfüllt, also gingen wir zu Fuß über die Brücke.",
        "Größe und Gewicht des Pakets müssen auf dem Aufkleber stehen.",
        "Am Montag prüft Herr Jäger die Heizungsanlage im Erdgeschoss.",
        "Zwölf Boxkämpfer jagten vor Jahren einen Ölhändler quer über den Markt, sagt man.",
        "Die Rechnung über 1.249,50 € ist bis zum 15. März zu begleichen.",
        "Er sagte „vielleicht“ und meinte damit eindeutig „nein“.",
        "Im Frühling blühen hinter der Mühle Schlüsselblumen und Veilchen.",
        "Öffnungszeiten: Dienstag bis Freitag von 9 bis 17:30 Uhr.",
        "Ihre Schwester übersetzt Gebrauchsanweisungen für Küchengeräte.",
        "Ohne Genehmigung darf das Grundstück nicht betreten werden.",
        "Die Wäsche trocknet draußen schneller, falls es nicht wieder regnet.",
        "Jeder Schüler erhält ein Heft, zwei Bleistifte und einen Radiergummi.",
        "Das Geländer am Rathaus wurde erst gestern frisch gestrichen.",
        "Übrigens heißt der neue Nachbar auch Müller, wie alle anderen hier.",
        "Gemäß Absatz 4 entfällt die Gebühr bei rückwirkender Kündigung.",
    ],
    "fr": [
        "Le marché ouvre à sept heures, mais les pêcheurs arrivent bien avant.",
        "Où avez-vous rangé la clé du garage que je vous ai prêtée hier ?",
        "Il faut 200 g de beurre, une gousse de vanille et beaucoup de soin.",
        "L'élève a rendu son cahier avec trois pages tachées d'encre.",
        "Ça ne sert à rien de crier : la fenêtre est fermée et le voisin est sourd.",
        "Nous avons traversé la forêt jusqu'à l'étang gelé, puis rebroussé chemin.",
        "La facture de 1 380,75 € doit être réglée avant le 30 août.",
        "Ma sœur préfère les œufs à la coque et le pain grillé.",
        "Après l'été, les hôtels du bord de mer baissent leurs prix de moitié.",
        "Le garçon dessinait des bateaux, des nuages et une très longue baleine.",
        "Veuillez déposer votre dossier complet au guichet numéro 12.",
        "« Revenez demain », répondit-elle sans lever les yeux de son ouvrage.",
        "Un vieux château domine la vallée depuis le treizième siècle.",
        "Le train de 18 h 05 est annoncé avec vingt minutes de retard.",
        "Cette théière fêlée a survécu à quatre déménagements.",
        "Noël approche et la boîte aux lettres déborde déjà de catalogues.",
        "Le médecin conseille du repos, de l'eau fraîche et moins de café.",
        "Rien n'empêche de rêver d'une île où il ne pleut jamais.",
    ],
    "ru": [
        "Поезд на Тверь отправляется с пятого пути в половине восьмого.",
        "Бабушка хранит пуговицы в жестяной коробке из-под печенья.",
        "Пожалуйста, закройте окно: на улице сильный ветер и дождь.",
        "Счёт на 2450 рублей нужно оплатить до конца месяца.",
        "Мы купили хлеб, сыр, две банки огурцов и забыли про чай.",
        "Старый маяк больше не светит, но чайки всё ещё кружат над ним.",
        "Объявление о собрании жильцов висит возле лифта.",
        "В этом цехе собирают насосы, фильтры и небольшие двигатели.",
        "Щенок съел тапок, юбку и половину школьного дневника.",
        "Библиотека открыта со вторника по субботу с 10 до 19 часов.",
        "Кто посадил этот дуб, никто в деревне уже не помнит.",
        "Электрик обещал прийти утром, а появился поздно вечером.",
        "За рекой начинается лес, где грибов больше, чем людей.",
        "Подпишите бланк и передайте его в кабинет номер 318.",
    ],
    "zh": [
        "渡轮今天晚点九分钟，码头上却没有人着急。",
        "请把蓝色文件夹放在第二个抽屉里，等检查员签字。",
        "奶奶把纽扣收在旧饼干盒里，按颜色分成小袋。",
        "会议改到星期四下午三点，地点在五楼东侧会议室。",
        "这座桥限重十八吨，大货车必须绕行北环路。",
        "图书馆上午十点开门，门口的猫十一点才睁眼。",
        "如果指示灯闪两次，请拔掉电源，等一分钟再试。",
        "面粉二百五十克，鸡蛋两个，其余的靠耐心。",
        "昨夜的雨冲掉了黑板上的价格，摊主只好重新写一遍。",
        "新发动机省油百分之十五，但是声音大了许多。",
        "没有人记得是谁种下这棵核桃树，大家都在树下乘凉。",
        "请用正楷填写姓名、日期和来电原因。",
        "大雾遮住了灯塔，几里外仍能听见它的汽笛。",
        "过了面包店左转，穿过院子，敲绿色的门。",
        "本月电费共计386.50元，请于25日之前缴纳。",
        "爷爷会修钟表和收音机，星期天还帮邻居劝架。",
    ],
    "ja": [
        "フェリーは九分遅れて港を出ましたが、誰も気にしていませんでした。",
        "青いファイルは検査員が署名するまで、二番目の引き出しに入れておいてください。",
        "図書館は午前十時に開き、入口の猫は十一時に片目を開けます。",
        "ランプが二回点滅したら、電源を抜いて一分ほど待ってください。",
        "会議は木曜日の午後三時に変更され、場所は五階の東会議室です。",
        "パン屋の角を左に曲がり、中庭を抜けて緑のドアをたたいてください。",
        "小麦粉は250グラム、卵は二個、あとは根気が必要です。",
        "祖父は時計とラジオを直し、日曜日には近所のけんかも直しました。",
        "昨夜の雨で黒板の値段が消えてしまい、店主は書き直しています。",
        "この橋は十八トンまでしか通れないので、大型車は北へ回ってください。",
        "新しいエンジンは燃料が15%少なくて済みますが、音は大きくなりました。",
        "誰がこのくるみの木を植えたのか、村の人はもう覚えていません。",
        "お名前と日付とご用件を、はっきりした字で書いてください。",
        "霧で灯台は見えませんが、汽笛は遠くまで聞こえます。",
        "今月の電気代は8,640円です。二十五日までにお支払いください。",
        "窓辺のやかんと計算の紙だけが、彼女の静かな朝のすべてでした。",
    ],
}

SHOPS = ["Corner Grocery", "Mill Lane Hardware", "Harbour Bakery", "Green Door Books", "Station Kiosk"]
STREETS = ["12 Mill Lane", "7 Harbour Road", "88 Walnut Street", "3 Old Bridge Yard", "145 Station Square"]
GOODS = [
    "Oat biscuits",
    "Green tea",
    "Rye bread",
    "Olive oil 0.5 l",
    "Apples 1 kg",
    "Batteries AA",
    "Paper towels",
    "Goat cheese",
    "Tomato soup",
    "Dish soap",
    "Notebook A5",
    "Light bulb",
    "Orange juice",
    "Walnuts 200 g",
    "Honey",
    "Pencils x10",
    "Salted butter",
    "Lentils",
    "Bath towel",
    "Dark chocolate",
]
SETTINGS = [
    ("Language", "English"),
    ("Start at login", "Off"),
    ("Theme", "Follow system"),
    ("Font size", "14 px"),
    ("Download folder", "Pictures/Inbox"),
    ("Check for updates", "Every week"),
    ("Proxy", "None"),
    ("Keep deleted items", "30 days"),
    ("Notifications", "Banner only"),
    ("Sound", "Muted"),
    ("Storage used", "3.8 GB of 15 GB"),
    ("Last sync", "Today, 09:41"),
]
MENUS = ["File", "Edit", "View", "Insert", "Format", "Tools", "Window", "Help"]
FILES = [
    "budget-2024.xlsx",
    "holiday_plan.docx",
    "IMG_20431.jpg",
    "notes from Tuesday.txt",
    "invoice 0937.pdf",
    "backup.tar.gz",
    "sketch-final-2.png",
    "README.md",
    "contract_signed.pdf",
    "playlist.m3u",
]
FILE_KINDS = [
    "Spreadsheet",
    "Document",
    "Image",
    "Plain text",
    "Document",
    "Archive",
    "Image",
    "Markdown",
    "Document",
    "Playlist",
]
CODE = [
    "def next_due(rule, zone, after):",
    '    """The first instant of the rule after a point."""',
    "    local = after.astimezone(zone)",
    "    while not rule.matches(local):",
    "        local += rule.step",
    "    return local.astimezone(UTC)",
    "",
    "class Queue:",
    "    def __init__(self, path, limit=64):",
    "        self.path = path",
    "        self.items = []",
    "        self.limit = limit",
    "",
    "    def push(self, item):",
    "        if len(self.items) >= self.limit:",
    '            raise ValueError("queue is full")',
    "        self.items.append(item)",
]
TERMINAL = [
    "$ make install",
    "compiling 48 files ...",
    "warning: unused variable 'count' in pump.c:112",
    "linking build/pump (2.4 MB)",
    "copied 7 files to /usr/local/bin",
    "$ ls -l build",
    "-rwxr-xr-x 1 anna staff 2411724 Mar 14 10:22 pump",
    "-rw-r--r-- 1 anna staff 18342 Mar 14 10:21 pump.log",
    "$ ./build/pump --mode winter --limit 40",
    "pressure 2.31 bar, valve open",
    "error: sensor 3 did not answer within 500 ms",
    "hint: check the cable and run 'pump doctor'",
]
CHAT = [
    ("Are you still at the workshop?", "Yes, until six. Why?"),
    ("I left my umbrella on the bench.", "The red one? It is dripping on my shoes."),
    ("Can you bring it to the 18:30 train?", "Sure. Platform 4, near the clock."),
    ("You are the best. I owe you a coffee.", "Two coffees. And one dry pair of socks."),
]
TITLES = {
    "en": ["Notes on a Late Ferry", "House Rules", "The Walnut Tree", "Winter Mode", "Monday Inspection"],
    "de": ["Hausordnung", "Über die Brücke", "Frühling in der Mühle", "Gebührenübersicht"],
    "fr": ["Règlement intérieur", "Le marché du samedi", "Après l'été", "La théière fêlée"],
    "ru": ["Правила дома", "Старый маяк", "За рекой", "Объявление"],
    "zh": ["住户须知", "核桃树下", "港口早晨", "本周通知", "大雾与灯塔"],
    "ja": ["入居の手引き", "くるみの木", "港の朝", "今週のお知らせ", "霧と灯台"],
}


class Words:
    """A seeded source of text: sentences come without repeats until all of a language's are used."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self._left = {}

    def sentence(self, language):
        if not self._left.get(language):
            self._left[language] = self.random.sample(SENTENCES[language], len(SENTENCES[language]))
        return self._left[language].pop()

    def paragraph(self, language, sentences):
        space = "" if language in ("zh", "ja") else " "
        return space.join(self.sentence(language) for _ in range(sentences))

    def price(self, low=0.5, high=49.0):
        return round(self.random.uniform(low, high), 2)
